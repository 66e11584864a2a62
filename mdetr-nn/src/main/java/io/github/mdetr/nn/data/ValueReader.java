package io.github.mdetr.nn.data;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Values in the forms that tools write them in. What can be meant in one way only is taken, with a note where the format has it
 * otherwise: {@code 7.0} and {@code "7"} for 7.
 */
final class ValueReader {
    /** Longer ones are no names, and would come again in every message. */
    private static final int LONGEST_ID = 200;

    private static final int QUOTED = 40;
    private static final double WHOLE = 1L << 53;
    private static final Pattern WHOLE_TEXT = Pattern.compile("-?(0|[1-9]\\d{0,17})(\\.0{1,20})?");
    private static final Pattern NUMBER =
            Pattern.compile("[+-]?(\\d{1,20}(\\.\\d{0,40})?|\\.\\d{1,40})([eE][+-]?\\d{1,3})?");

    private final JsonParser in;
    private final BiConsumer<EntryProblem.Kind, String> notes;

    /**
     * Where the parser stands.
     *
     * @param notes gets what was taken in another form
     */
    ValueReader(JsonParser in, BiConsumer<EntryProblem.Kind, String> notes) {
        this.in = in;
        this.notes = notes;
    }

    /** A name by which entries refer to each other: an integer, or a text; 7.0 and "7.0" are 7. */
    String id() throws IOException, OddValueException {
        JsonToken token = in.currentToken();
        String text = in.getText();
        if (token == JsonToken.VALUE_NUMBER_INT) {
            return checkedId(text);
        }
        expect(token == JsonToken.VALUE_NUMBER_FLOAT || token == JsonToken.VALUE_STRING, "an integer or a text");
        // "007" is not 7, nor "1e2" 100: those are names that look like numbers.
        boolean number = token == JsonToken.VALUE_NUMBER_FLOAT
                || WHOLE_TEXT.matcher(text).matches();
        double value = number ? Double.parseDouble(text) : Double.NaN;
        boolean whole = value == Math.rint(value) && Math.abs(value) < WHOLE;
        expect(whole || token == JsonToken.VALUE_STRING, "an integer or a text");
        String id = whole ? Long.toString((long) value) : checkedId(text);
        form("an integer", "taken as " + cut(id));
        return id;
    }

    private static String checkedId(String text) throws OddValueException {
        if (text.isEmpty() || text.length() > LONGEST_ID) {
            throw new OddValueException("an id of 1 to " + LONGEST_ID + " characters", text.length() + " characters");
        }
        return text;
    }

    /** The length of a side; Flickr's files write it as a text. */
    int size() throws IOException, OddValueException {
        double value = anyNumber("a size in pixels");
        expect(value == Math.rint(value) && value >= 1 && value <= Integer.MAX_VALUE, "a size of 1 or more");
        return (int) value;
    }

    /** A number that 32 bits can hold. */
    float number() throws IOException, OddValueException {
        boolean text = in.currentToken() == JsonToken.VALUE_STRING;
        float value = (float) anyNumber("a number");
        expect(Float.isFinite(value), "a number that 32 bits can hold");
        if (text) {
            form("a number", "taken as one");
        }
        return value;
    }

    private double anyNumber(String expected) throws IOException, OddValueException {
        JsonToken token = in.currentToken();
        if (token == JsonToken.VALUE_STRING
                && NUMBER.matcher(in.getText().strip()).matches()) {
            return Double.parseDouble(in.getText().strip());
        }
        expect(token != null && token.isNumeric(), expected);
        return in.getDoubleValue();
    }

    String text() throws IOException, OddValueException {
        expect(in.currentToken() == JsonToken.VALUE_STRING, "a text");
        return in.getText();
    }

    @Nullable
    String textOrNull() throws IOException, OddValueException {
        return in.currentToken() == JsonToken.VALUE_NULL ? null : text();
    }

    /** A text, number or truth value as text; null stays null. */
    @Nullable
    String scalar() throws IOException, OddValueException {
        if (in.currentToken() == JsonToken.VALUE_NULL) {
            return null;
        }
        expect(in.currentToken() != null && in.currentToken().isScalarValue(), "a text or a number");
        return in.getText();
    }

    /** true, false, or a number that is 0 or not. */
    boolean truth() throws IOException, OddValueException {
        JsonToken token = in.currentToken();
        if (token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE) {
            return token == JsonToken.VALUE_TRUE;
        }
        if (token == JsonToken.VALUE_STRING) {
            String text = in.getText().strip().toLowerCase(Locale.ROOT);
            if (text.equals("true") || text.equals("false")) {
                form("0 or 1", "taken as " + text);
                return text.equals("true");
            }
        }
        double value = anyNumber("0 or 1");
        expect(value == Math.rint(value), "0 or 1");
        if (token != JsonToken.VALUE_NUMBER_INT) {
            form("0 or 1", "taken as " + (value == 0 ? 0 : 1));
        }
        return value != 0;
    }

    /** [[begin, end], …]; null is none. One bracket too few around two numbers, or one too many, is taken. */
    List<CodePointSpan> spans() throws IOException, OddValueException {
        List<CodePointSpan> spans = new ArrayList<>();
        if (in.currentToken() == JsonToken.VALUE_NULL) {
            return spans;
        }
        array("[[begin, end], …]");
        JsonToken first = in.nextToken();
        if (first != JsonToken.START_ARRAY && first != JsonToken.END_ARRAY) {
            spans.add(span(rest("[[begin, end], …]")));
            notes.accept(EntryProblem.Kind.SPAN_FORM, "has one bracket too few; taken as " + "[" + shown(spans) + "]");
            return spans;
        }
        boolean deeper = false;
        for (; in.currentToken() != JsonToken.END_ARRAY; in.nextToken()) {
            array("[begin, end]");
            if (in.nextToken() != JsonToken.START_ARRAY) {
                spans.add(span(rest("[begin, end]")));
                continue;
            }
            deeper = true;
            for (; in.currentToken() != JsonToken.END_ARRAY; in.nextToken()) {
                spans.add(span(numbers("[begin, end]")));
            }
        }
        if (deeper) {
            notes.accept(EntryProblem.Kind.SPAN_FORM, "has one bracket too many; taken as [" + shown(spans) + "]");
        }
        return spans;
    }

    private static String shown(List<CodePointSpan> spans) {
        CodePointSpan first = spans.get(0);
        return "[" + first.begin() + ", " + first.end() + "]" + (spans.size() > 1 ? ", …" : "");
    }

    private static CodePointSpan span(float[] ends) throws OddValueException {
        if (ends.length != 2) {
            throw new OddValueException("[begin, end]", ends.length + " numbers");
        }
        boolean whole = ends[0] == (int) ends[0] && ends[1] == (int) ends[1];
        if (!whole || ends[0] < 0 || ends[1] < ends[0]) {
            throw new OddValueException("[begin, end] of characters in order", "[" + ends[0] + ", " + ends[1] + "]");
        }
        return new CodePointSpan((int) ends[0], (int) ends[1]);
    }

    /** [[[begin, end], …], …]; null is none. */
    List<List<CodePointSpan>> spanLists() throws IOException, OddValueException {
        List<List<CodePointSpan>> lists = new ArrayList<>();
        if (in.currentToken() == JsonToken.VALUE_NULL) {
            return lists;
        }
        array("[[[begin, end], …], …]");
        while (in.nextToken() != JsonToken.END_ARRAY) {
            lists.add(spans());
        }
        return lists;
    }

    /** [x, y, width, height], or whatever four numbers a box is; empty where null or an empty array stands for no box. */
    float[] box() throws IOException, OddValueException {
        if (in.currentToken() == JsonToken.VALUE_NULL) {
            return new float[0];
        }
        float[] box = numbers("[x, y, width, height]");
        if (box.length != 4 && box.length != 0) {
            throw new OddValueException("[x, y, width, height]", box.length + " numbers");
        }
        return box;
    }

    private float[] numbers(String expected) throws IOException, OddValueException {
        array(expected);
        in.nextToken();
        return rest(expected);
    }

    /** The array's numbers from here. */
    private float[] rest(String expected) throws IOException, OddValueException {
        float[] values = new float[4];
        int n = 0;
        for (; in.currentToken() != JsonToken.END_ARRAY; in.nextToken()) {
            expect(in.currentToken() != null && in.currentToken().isScalarValue(), expected);
            if (n == values.length) {
                values = Arrays.copyOf(values, 2 * n);
            }
            values[n++] = number();
        }
        return n == values.length ? values : Arrays.copyOf(values, n);
    }

    /** Polygons or runs; null and an empty array are none. */
    @Nullable
    Segmentation segmentation() throws IOException, OddValueException {
        if (in.currentToken() == JsonToken.VALUE_NULL) {
            return null;
        }
        if (in.currentToken() == JsonToken.START_OBJECT) {
            return runs();
        }
        array("polygons or runs");
        List<float[]> outlines = new ArrayList<>();
        while (in.nextToken() != JsonToken.END_ARRAY) {
            float[] outline = numbers("a polygon's [x, y, x, y, …]");
            if (outline.length % 2 != 0) {
                throw new OddValueException("x and y of every corner", outline.length + " numbers");
            }
            outlines.add(outline);
        }
        return outlines.isEmpty() ? null : new Segmentation.Polygons(outlines);
    }

    private Segmentation runs() throws IOException, OddValueException {
        float[] size = null;
        String text = null;
        List<Long> counts = null;
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String name = in.currentName();
            in.nextToken();
            if (name.equals("size")) {
                size = numbers("[height, width]");
            } else if (name.equals("counts") && in.currentToken() == JsonToken.VALUE_STRING) {
                text = in.getText();
            } else if (name.equals("counts")) {
                counts = new ArrayList<>();
                array("runs");
                while (in.nextToken() != JsonToken.END_ARRAY) {
                    expect(in.currentToken() == JsonToken.VALUE_NUMBER_INT, "runs of 0 or more");
                    expect(in.getNumberType() != JsonParser.NumberType.BIG_INTEGER, "runs of 64 bits");
                    expect(in.getLongValue() >= 0, "runs of 0 or more");
                    counts.add(in.getLongValue());
                }
            } else {
                in.skipChildren();
            }
        }
        if (size == null || (text == null && counts == null)) {
            throw new OddValueException("runs with size and counts", "an object without");
        }
        if (size.length != 2 || !(size[0] >= 1 && size[1] >= 1)) {
            throw new OddValueException("a size [height, width] of 1 or more", Arrays.toString(size));
        }
        return counts == null
                ? new Segmentation.CompressedRuns((int) size[0], (int) size[1], String.valueOf(text))
                : new Segmentation.Runs((int) size[0], (int) size[1], counts);
    }

    private void array(String expected) throws IOException, OddValueException {
        expect(in.currentToken() == JsonToken.START_ARRAY, expected);
    }

    private void expect(boolean condition, String expected) throws IOException, OddValueException {
        if (!condition) {
            throw new OddValueException(expected, shown());
        }
    }

    private void form(String expected, String taken) throws IOException {
        notes.accept(EntryProblem.Kind.FIELD, "expected " + expected + ", got " + shown() + "; " + taken);
    }

    /** The value where the parser stands, cut where it is long. */
    String shown() throws IOException {
        JsonToken token = in.currentToken();
        if (token == null) {
            return "the end of the file";
        }
        return switch (token) {
            case START_ARRAY -> "an array";
            case START_OBJECT -> "an object";
            case END_ARRAY, END_OBJECT -> "nothing";
            case VALUE_STRING -> '"' + cut(in.getText()) + '"';
            default -> cut(in.getText());
        };
    }

    private static String cut(String text) {
        String line = text.length() <= QUOTED ? text : text.substring(0, QUOTED) + "…";
        return EntryProblem.oneLine(line);
    }
}
