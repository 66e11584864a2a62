package io.github.mdetr.nn.data;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One entry, field by field, where the parser stands. A value of another form is a problem of its field, behind which reading
 * goes on; problems wait for the entry's end, when its ids are known.
 */
final class EntryReader {
    /** Reads a value. */
    interface Value<T> {
        @Nullable
        T read() throws IOException, OddValueException;
    }

    private record Waiting(EntryProblem.Kind kind, String field, String what) {}

    private final JsonParser in;
    private final ValueReader values;
    private final AnnotationSink sink;
    private final Set<String> seen = new HashSet<>();
    private final List<Waiting> waiting = new ArrayList<>();
    private @Nullable JsonStreamContext context;
    private String list = "";
    private int index;
    private String field = "";

    EntryReader(JsonParser in, AnnotationSink sink) {
        this.in = in;
        this.values = new ValueReader(in, this::note);
        this.sink = sink;
    }

    ValueReader values() {
        return values;
    }

    /** Whether the entry that the parser stands at is one; what is none is passed over as a problem. */
    boolean begin(String ofList, int at) throws IOException {
        list = ofList;
        index = at;
        field = "";
        seen.clear();
        waiting.clear();
        if (in.currentToken() != JsonToken.START_OBJECT) {
            problem(EntryProblem.Kind.ENTRY, "expected an object, got " + values.shown());
            in.skipChildren();
            end(null, null);
            return false;
        }
        context = in.getParsingContext();
        return true;
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

    /** A field's value; null where it is of another form, which is a problem of this kind. */
    <T> @Nullable T value(EntryProblem.Kind otherwise, Value<T> value) throws IOException {
        if (!seen.add(field)) {
            note(EntryProblem.Kind.FIELD, "comes twice; the last counts");
        }
        try {
            return value.read();
        } catch (OddValueException e) {
            while (in.getParsingContext() != context) {
                in.nextToken(); // the rest of the value
            }
            problem(otherwise, e.getMessage() + (otherwise == EntryProblem.Kind.FIELD ? "; passed over" : ""));
            return null;
        }
    }

    /** A problem of the field that is being read. */
    void problem(EntryProblem.Kind kind, String what) {
        waiting.add(new Waiting(kind, field, what));
    }

    /** A field that is not there, unless its value is a problem already. */
    void missing(EntryProblem.Kind kind, String name) {
        if (waiting.stream().noneMatch(w -> w.field.equals(name) && w.kind.isError())) {
            waiting.add(new Waiting(kind, "", "expected '" + name + "', got none"));
        }
    }

    private void note(EntryProblem.Kind kind, String what) {
        problem(kind, what);
    }

    /** Hands the entry's problems over; whether it is free of errors. */
    boolean end(@Nullable String image, @Nullable String annotation) {
        boolean sound = true;
        for (Waiting w : waiting) {
            sound &= !w.kind.isError();
            sink.problem(new EntryProblem(w.kind, list, index, image, annotation, w.field, w.what));
        }
        return sound;
    }
}
