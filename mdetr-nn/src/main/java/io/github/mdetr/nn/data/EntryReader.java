package io.github.mdetr.nn.data;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Values of one entry, read where the parser stands; errors name the entry and the field. */
final class EntryReader {
    private static final int QUOTED = 40;

    private final JsonParser in;
    private final String file;
    private String entry = "";
    private String field = "";

    EntryReader(JsonParser in, String file) {
        this.in = in;
        this.file = file;
    }

    /** What errors call the entry that begins. */
    void begin(String name) throws IOException {
        entry = name;
        field = "";
        expect(in.currentToken() == JsonToken.START_OBJECT, "an object");
    }

    /** The next field's name, its value being read next; null at the end of the entry. */
    @Nullable
    String nextField() throws IOException {
        if (in.nextToken() != JsonToken.FIELD_NAME) {
            field = "";
            return null;
        }
        field = in.currentName();
        in.nextToken();
        return field;
    }

    void skip() throws IOException {
        in.skipChildren();
    }

    long integer() throws IOException {
        expect(in.currentToken() == JsonToken.VALUE_NUMBER_INT, "an integer");
        expect(in.getNumberType() != JsonParser.NumberType.BIG_INTEGER, "an integer of 64 bits");
        return in.getLongValue();
    }

    int size() throws IOException {
        long value = integer();
        if (value < 1 || value > Integer.MAX_VALUE) {
            throw error("a size of 1 or more", Long.toString(value));
        }
        return (int) value;
    }

    float number() throws IOException {
        expect(in.currentToken() != null && in.currentToken().isNumeric(), "a number");
        float value = in.getFloatValue();
        expect(Float.isFinite(value), "a number that 32 bits can hold");
        return value;
    }

    String text() throws IOException {
        expect(in.currentToken() == JsonToken.VALUE_STRING, "a text");
        return in.getText();
    }

    /** A text, number or truth value as text; null stays null. */
    @Nullable
    String scalar() throws IOException {
        if (in.currentToken() == JsonToken.VALUE_NULL) {
            return null;
        }
        expect(in.currentToken() != null && in.currentToken().isScalarValue(), "a text or a number");
        return in.getText();
    }

    /** true, false, or a number that is 0 or not. */
    boolean truth() throws IOException {
        JsonToken t = in.currentToken();
        if (t == JsonToken.VALUE_TRUE || t == JsonToken.VALUE_FALSE) {
            return t == JsonToken.VALUE_TRUE;
        }
        return integer() != 0;
    }

    /** [[begin, end], …]; null is none. */
    List<CodePointSpan> spans() throws IOException {
        List<CodePointSpan> spans = new ArrayList<>();
        if (in.currentToken() == JsonToken.VALUE_NULL) {
            return spans;
        }
        array("an array of spans");
        while (in.nextToken() != JsonToken.END_ARRAY) {
            float[] ends = numbers(2, "[begin, end]");
            boolean whole = ends[0] == (int) ends[0] && ends[1] == (int) ends[1];
            if (!whole || ends[0] < 0 || ends[1] < ends[0]) {
                throw error("[begin, end] of characters in order", "[" + ends[0] + ", " + ends[1] + "]");
            }
            spans.add(new CodePointSpan((int) ends[0], (int) ends[1]));
        }
        return spans;
    }

    /** [[[begin, end], …], …]; null is none. */
    List<List<CodePointSpan>> spanLists() throws IOException {
        List<List<CodePointSpan>> lists = new ArrayList<>();
        if (in.currentToken() == JsonToken.VALUE_NULL) {
            return lists;
        }
        array("an array of arrays of spans");
        while (in.nextToken() != JsonToken.END_ARRAY) {
            lists.add(spans());
        }
        return lists;
    }

    /** An array of so many numbers. */
    float[] numbers(int count, String expected) throws IOException {
        float[] values = numbers(expected);
        if (values.length != count) {
            throw error(expected, values.length + " numbers");
        }
        return values;
    }

    private float[] numbers(String expected) throws IOException {
        array(expected);
        float[] values = new float[4];
        int n = 0;
        while (in.nextToken() != JsonToken.END_ARRAY) {
            if (n == values.length) {
                values = java.util.Arrays.copyOf(values, 2 * n);
            }
            values[n++] = number();
        }
        return java.util.Arrays.copyOf(values, n);
    }

    /** Polygons or runs; null and an empty array are none. */
    @Nullable
    Segmentation segmentation() throws IOException {
        if (in.currentToken() == JsonToken.VALUE_NULL) {
            return null;
        }
        if (in.currentToken() == JsonToken.START_OBJECT) {
            return runs();
        }
        array("polygons or runs");
        List<float[]> outlines = new ArrayList<>();
        while (in.nextToken() != JsonToken.END_ARRAY) {
            float[] outline = numbers("a polygon's numbers");
            if (outline.length % 2 != 0) {
                throw error("x and y of every corner", outline.length + " numbers");
            }
            outlines.add(outline);
        }
        return outlines.isEmpty() ? null : new Segmentation.Polygons(outlines);
    }

    private Segmentation runs() throws IOException {
        float[] size = null;
        String text = null;
        List<Long> counts = null;
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String name = in.currentName();
            in.nextToken();
            if (name.equals("size")) {
                size = numbers(2, "[height, width]");
            } else if (name.equals("counts") && in.currentToken() == JsonToken.VALUE_STRING) {
                text = in.getText();
            } else if (name.equals("counts")) {
                counts = new ArrayList<>();
                array("runs");
                while (in.nextToken() != JsonToken.END_ARRAY) {
                    long run = integer();
                    if (run < 0) {
                        throw error("runs of 0 or more", Long.toString(run));
                    }
                    counts.add(run);
                }
            } else {
                in.skipChildren();
            }
        }
        if (size == null || (text == null && counts == null)) {
            throw error("runs with size and counts", "an object without");
        }
        if (size[0] < 1 || size[1] < 1) {
            throw error("a size of 1 or more", size[0] + " × " + size[1]);
        }
        return counts == null
                ? new Segmentation.CompressedRuns((int) size[0], (int) size[1], String.valueOf(text))
                : new Segmentation.Runs((int) size[0], (int) size[1], counts);
    }

    private void array(String expected) throws IOException {
        expect(in.currentToken() == JsonToken.START_ARRAY, expected);
    }

    private void expect(boolean condition, String expected) throws IOException {
        if (!condition) {
            String got = in.currentToken() == null ? "the end of the file" : String.valueOf(in.getText());
            String cut = got.length() <= QUOTED ? got : got.substring(0, QUOTED) + "…";
            throw error(expected, in.currentToken() == JsonToken.VALUE_STRING ? '"' + cut + '"' : cut);
        }
    }

    AnnotationException missing(String name) {
        return error("'" + name + "'", "none");
    }

    AnnotationException error(String expected, String got) {
        String where = field.isEmpty() ? entry : entry + "." + field;
        return new AnnotationException(file + ": " + where + ": expected " + expected + ", got " + oneLine(got));
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\p{Cntrl}", " ");
    }
}
