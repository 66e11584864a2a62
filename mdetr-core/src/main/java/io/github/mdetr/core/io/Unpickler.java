package io.github.mdetr.core.io;

import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a Python pickle, protocols 0 to 5, without executing anything: values are plain, and a global and what is made of
 * it is whatever {@link PickleGlobals} says, which has values of its own for those it does not know. No method calls itself,
 * so nesting costs no stack; a value met again is referred to, never copied.
 *
 * <p>Source: the opcode descriptions of CPython's {@code pickletools} module.
 */
final class Unpickler {
    /** Values and memo entries together; a checkpoint has some hundred thousand. */
    static final int MAX_VALUES = 2_000_000;

    static final int MAX_INTEGER_BYTES = 1024;

    private final PickleInput in;
    private final PickleGlobals globals;
    private final List<@Nullable Object> stack = new ArrayList<>();
    private final List<Integer> marks = new ArrayList<>();
    private final Map<Long, @Nullable Object> memo = new HashMap<>();
    private int values;

    Unpickler(PickleInput in, PickleGlobals globals) {
        this.in = in;
        this.globals = globals;
    }

    /** Reads up to and with STOP. */
    @Nullable
    Object load() throws IOException {
        while (true) {
            int code = in.operation();
            if (code == '.') {
                Object result = pop();
                if (!stack.isEmpty() || !marks.isEmpty()) {
                    String last = result instanceof Pickled.Unknown ? ", the last " + Pickled.describe(result) : "";
                    throw in.error(
                            "one value at STOP",
                            stack.size() + 1 + " and " + marks.size() + " marks" + last,
                            PickleInput.HOSTILE);
                }
                return result;
            }
            execute(code);
        }
    }

    private void execute(int code) throws IOException {
        switch (code) {
            case 0x80 -> protocol();
            case 0x95 -> frame();
            case '(' -> {
                count();
                marks.add(stack.size());
            }
            case '0' -> popValueOrMark();
            case '1' -> popToMark();
            case '2' -> push(peek());
            case 'N' -> push(null);
            case 0x88 -> push(true);
            case 0x89 -> push(false);
            case 'I', 'J', 'K', 'M', 'L', 0x8a, 0x8b -> push(integer(code));
            case 'F' -> push(PickleText.real(in.line(), in));
            case 'G' -> push(in.bigEndianDouble());
            case 'S', 'T', 'U', 'V', 'X', 0x8c, 0x8d -> push(text(code));
            case 'B', 'C', 0x8e, 0x96 -> push(bytes(code));
            case ')', 't', 0x85, 0x86, 0x87 -> push(tuple(code));
            case ']' -> push(new ArrayList<@Nullable Object>());
            case 'l' -> push(new ArrayList<>(popToMark()));
            case 'a', 'e' -> append(code == 'a' ? popMany(1) : popToMark());
            case '}' -> push(new Pickled.Dict());
            case 'd' -> {
                List<@Nullable Object> items = popToMark();
                push(new Pickled.Dict());
                put(items);
            }
            case 's', 'u' -> put(code == 's' ? popMany(2) : popToMark());
            case 0x8f -> push(new Pickled.Group());
            case 0x90 -> add(popToMark());
            case 0x91 -> {
                List<@Nullable Object> items = popToMark();
                push(new Pickled.Group());
                add(items);
            }
            case 'p', 'q', 'r', 0x94 -> memoize(code);
            case 'g', 'h', 'j' -> recall(code);
            case 'c', 0x93 -> global(code);
            case 'R' -> {
                Pickled.Tuple arguments = popTuple("REDUCE");
                push(globals.call(pop(), arguments, in));
            }
            case 0x81 -> {
                Pickled.Tuple arguments = popTuple("NEWOBJ");
                push(globals.construct(pop(), arguments, in));
            }
            case 'b' -> {
                Object state = pop();
                globals.build(peek(), state, in);
            }
            case 'Q' -> push(globals.persistent(pop(), in));
            default ->
                throw in.error(
                        "an operation that checkpoints use",
                        String.format(Locale.ROOT, "opcode 0x%02x", code),
                        PickleInput.HOSTILE);
        }
    }

    private void protocol() throws IOException {
        int version = in.unsignedByte();
        if (version > 5) {
            throw in.error("pickle protocol 0 to 5", String.valueOf(version), "save it again with torch.save");
        }
    }

    private void frame() throws IOException {
        long length = in.signedLong();
        if (length < 0 || length > in.remaining()) {
            throw in.error(
                    "a frame within the " + in.remaining() + " bytes that follow",
                    Long.toUnsignedString(length),
                    PickleInput.BROKEN);
        }
    }

    private Object integer(int code) throws IOException {
        return switch (code) {
            case 'J' -> (long) in.signedInt();
            case 'K' -> (long) in.unsignedByte();
            case 'M' -> (long) in.unsignedShort();
            case 'I', 'L' -> PickleText.integer(in.line(), in);
            default -> {
                long length = code == 0x8a ? in.unsignedByte() : in.signedInt();
                if (length < 0 || length > MAX_INTEGER_BYTES) {
                    throw in.error(
                            "an integer of at most " + MAX_INTEGER_BYTES + " bytes",
                            String.valueOf(length),
                            PickleInput.HOSTILE);
                }
                byte[] bytes = in.bytes(length);
                for (int i = 0; i < bytes.length / 2; i++) {
                    byte swap = bytes[i];
                    bytes[i] = bytes[bytes.length - 1 - i];
                    bytes[bytes.length - 1 - i] = swap;
                }
                yield PickleText.narrow(bytes.length == 0 ? BigInteger.ZERO : new BigInteger(bytes));
            }
        };
    }

    private String text(int code) throws IOException {
        return switch (code) {
            case 'X' -> in.text(in.unsignedInt());
            case 0x8c -> in.text(in.unsignedByte());
            case 0x8d -> in.text(in.signedLong());
            case 'T' -> PickleText.byteString(in.bytes(in.signedInt()));
            case 'U' -> PickleText.byteString(in.bytes(in.unsignedByte()));
            case 'S' -> PickleText.quoted(in.line(), in);
            default -> PickleText.rawUnicode(in.line(), in);
        };
    }

    private byte[] bytes(int code) throws IOException {
        return in.bytes(code == 'C' ? in.unsignedByte() : code == 'B' ? in.unsignedInt() : in.signedLong());
    }

    private Pickled.Tuple tuple(int code) throws IOException {
        List<@Nullable Object> items = switch (code) {
            case ')' -> List.of();
            case 't' -> popToMark();
            default -> popMany(code - 0x84);
        };
        return new Pickled.Tuple(items.toArray());
    }

    private void append(List<@Nullable Object> items) throws CheckpointFormatException {
        if (peek() instanceof Pickled.Inert inert) {
            if (inert.elements == null) {
                inert.elements = new ArrayList<>();
            }
            inert.elements.addAll(items);
            return;
        }
        if (!(peek() instanceof ArrayList<?>)) {
            throw in.error("a list to append to", Pickled.describe(peek()), PickleInput.HOSTILE);
        }
        @SuppressWarnings("unchecked") // every ArrayList on the stack was made by execute
        List<@Nullable Object> list = (ArrayList<@Nullable Object>) peek();
        list.addAll(items);
    }

    private void put(List<@Nullable Object> pairs) throws CheckpointFormatException {
        Object target = peek();
        if (target instanceof Pickled.Inert inert) {
            if (inert.items == null) {
                inert.items = new Pickled.Dict();
            }
            target = inert.items;
        }
        if (!(target instanceof Pickled.Dict dict)) {
            throw in.error("a dict to set items of", Pickled.describe(peek()), PickleInput.HOSTILE);
        }
        if (pairs.size() % 2 != 0) {
            throw in.error("pairs of keys and values", pairs.size() + " values", PickleInput.HOSTILE);
        }
        for (int i = 0; i < pairs.size(); i += 2) {
            dict.put(pairs.get(i), pairs.get(i + 1), in);
        }
    }

    private void add(List<@Nullable Object> items) throws CheckpointFormatException {
        if (peek() instanceof Pickled.Inert) {
            append(items);
            return;
        }
        if (!(peek() instanceof Pickled.Group group)) {
            throw in.error("a set to add to", Pickled.describe(peek()), PickleInput.HOSTILE);
        }
        group.items.addAll(items);
    }

    private void memoize(int code) throws IOException {
        count();
        long index = switch (code) {
            case 'p' -> PickleText.index(in.line(), in);
            case 'q' -> in.unsignedByte();
            case 'r' -> in.unsignedInt();
            default -> memo.size();
        };
        memo.put(index, peek());
    }

    private void recall(int code) throws IOException {
        long index = code == 'g' ? PickleText.index(in.line(), in) : code == 'h' ? in.unsignedByte() : in.unsignedInt();
        Object value = memo.get(index);
        if (value == null && !memo.containsKey(index)) {
            throw in.error(
                    "a memo index below " + memo.size() + " or one stored before",
                    String.valueOf(index),
                    PickleInput.HOSTILE);
        }
        push(value);
    }

    private void global(int code) throws IOException {
        if (code == 'c') {
            String module = in.line();
            push(globals.find(module, in.line(), in));
            return;
        }
        Object name = pop();
        Object module = pop();
        if (!(name instanceof String n) || !(module instanceof String m)) {
            throw in.error(
                    "module and name as text",
                    Pickled.describe(module) + " and " + Pickled.describe(name),
                    PickleInput.HOSTILE);
        }
        push(globals.find(m, n, in));
    }

    private void count() throws CheckpointFormatException {
        if (++values > MAX_VALUES) {
            throw in.error("at most " + MAX_VALUES + " values", "more", "is it a checkpoint?");
        }
    }

    private void push(@Nullable Object value) throws CheckpointFormatException {
        count();
        stack.add(value);
    }

    private int fence() {
        return marks.isEmpty() ? 0 : marks.get(marks.size() - 1);
    }

    private @Nullable Object peek() throws CheckpointFormatException {
        if (stack.size() <= fence()) {
            throw in.error("a value on the stack", "none", PickleInput.HOSTILE);
        }
        return stack.get(stack.size() - 1);
    }

    private @Nullable Object pop() throws CheckpointFormatException {
        Object top = peek();
        stack.remove(stack.size() - 1);
        return top;
    }

    private void popValueOrMark() throws CheckpointFormatException {
        if (!marks.isEmpty() && stack.size() == fence()) {
            marks.remove(marks.size() - 1);
        } else {
            pop();
        }
    }

    private List<@Nullable Object> popMany(int count) throws CheckpointFormatException {
        if (stack.size() - fence() < count) {
            throw in.error(count + " values on the stack", String.valueOf(stack.size() - fence()), PickleInput.HOSTILE);
        }
        List<@Nullable Object> top = stack.subList(stack.size() - count, stack.size());
        List<@Nullable Object> items = new ArrayList<>(top);
        top.clear();
        return items;
    }

    private List<@Nullable Object> popToMark() throws CheckpointFormatException {
        if (marks.isEmpty()) {
            throw in.error("a mark on the stack", "none", PickleInput.HOSTILE);
        }
        List<@Nullable Object> items = popMany(stack.size() - fence());
        marks.remove(marks.size() - 1);
        return items;
    }

    private Pickled.Tuple popTuple(String operation) throws CheckpointFormatException {
        Object top = pop();
        if (!(top instanceof Pickled.Tuple tuple)) {
            throw in.error("a tuple of arguments for " + operation, Pickled.describe(top), PickleInput.HOSTILE);
        }
        return tuple;
    }
}
