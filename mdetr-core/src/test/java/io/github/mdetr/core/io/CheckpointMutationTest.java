package io.github.mdetr.core.io;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Seeded mutations of real files: any bytes give success or one typed error, in bounded time and memory. */
class CheckpointMutationTest {
    private static final int MUTANTS = Integer.getInteger("mdetr.fuzz", 600);
    private static final long[] NUMBERS = {
        0,
        1,
        -1,
        0x7f,
        0x80,
        0xff,
        0xffff,
        0x7fffffffL,
        0x80000000L,
        0xffffffffL,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        1L << 40
    };

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "golden/zip.pth",
                "golden/legacy.pth",
                "golden/expected-model.safetensors",
                "fixtures/types.safetensors",
                "fixtures/values-zip-p2.pth",
                "fixtures/values-zip-p4.pth",
                "fixtures/values-legacy-p5.pth",
                "fixtures/bare.pth",
                "forms/beside-everything-p4.pth",
                "forms/whole-below.pth",
                "forms/tpu-numpy.pth",
                "forms/zipped-macos.zip",
                "forms/lightning.ckpt"
            })
    void mutantsGiveSuccessOrOneTypedError(String name) throws Exception {
        byte[] original = Files.readAllBytes(TestFiles.resource(name));
        SplittableRandom random = new SplittableRandom(name.hashCode());
        Path file = folder.resolve("mutant");
        int rejected = 0;
        try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "rw")) {
            for (int i = 0; i < MUTANTS; i++) {
                byte[] bytes = mutate(original, random);
                content.seek(0);
                content.write(bytes);
                content.setLength(bytes.length);
                rejected += Hostile.rejections(file, name + " mutant " + i);
            }
        }
        assertTrue(rejected > MUTANTS / 4, "only " + rejected + " mutants were rejected: are they read at all?");
        assertTrue(rejected < MUTANTS, "every mutant was rejected: bytes of values may change");
    }

    /** Operations at random, of the kinds that checkpoints use: deeper in the unpickler than changed bytes reach. */
    @Test
    void randomPicklesGiveSuccessOrOneTypedError() throws Exception {
        SplittableRandom random = new SplittableRandom(7);
        Path file = folder.resolve("pickle");
        int rejected = 0;
        for (int i = 0; i < MUTANTS; i++) {
            PickleBytes pickle =
                    new PickleBytes().protocol().op('}').text("model").op('}');
            int length = random.nextInt(60);
            for (int operation = 0; operation < length; operation++) {
                appendOperation(pickle, random);
            }
            pickle.op(random.nextBoolean() ? "ss." : ".");
            ZipBytes zip = ZipBytes.checkpoint(pickle.bytes());
            zip.add("archive/data/0", new byte[12]);
            zip.write(file);
            rejected += Hostile.rejections(file, "pickle " + i);
        }
        assertTrue(rejected < MUTANTS, "every pickle was rejected: are the operations real?");
    }

    private static void appendOperation(PickleBytes pickle, SplittableRandom random) {
        switch (random.nextInt(16)) {
            case 0 -> pickle.text("key" + random.nextInt(3));
            case 1 -> pickle.integer(NUMBERS[random.nextInt(NUMBERS.length)]);
            case 2 ->
                pickle.tensor(
                        "0", 3, random.nextInt(4), new long[] {random.nextInt(4)}, new long[] {random.nextInt(3)});
            case 3 -> pickle.op('q', random.nextInt(4));
            case 4 -> pickle.op('h', random.nextInt(4));
            case 5 -> pickle.global("collections", "OrderedDict").op(')', 'R');
            case 6 -> pickle.global("argparse", "Namespace").op(')', 0x81, '}', 'b');
            case 7 -> pickle.global("builtins", "set").op(']', 0x85, 'R');
            case 8 -> pickle.op(']', '(');
            case 9 -> pickle.op('}', '(');
            case 10 -> pickle.storage("0", 3);
            case 11 -> pickle.text("k").op('N', 's');
            default -> pickle.op("(N)]}aetusR0120bQ2".charAt(random.nextInt(17)));
        }
    }

    /** One to four changes: a bit, a byte, a number of 2, 4 or 8 bytes, a block removed, doubled or copied, the end cut. */
    private static byte[] mutate(byte[] original, SplittableRandom random) {
        byte[] bytes = original.clone();
        // Half of them in the first or last part, where headers, pickles and directories are.
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes && bytes.length > 1; i++) {
            int at = switch (random.nextInt(4)) {
                case 0 -> random.nextInt(Math.min(bytes.length, 512));
                case 1 -> bytes.length - 1 - random.nextInt(Math.min(bytes.length, 512));
                default -> random.nextInt(bytes.length);
            };
            int length = Math.min(bytes.length - at, 1 + random.nextInt(24));
            switch (random.nextInt(7)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt(256);
                case 2, 3 -> {
                    byte[] number = PickleBytes.little(NUMBERS[random.nextInt(NUMBERS.length)], 2 << random.nextInt(3));
                    System.arraycopy(number, 0, bytes, at, Math.min(number.length, bytes.length - at));
                }
                case 4 -> bytes = splice(bytes, at, length, new byte[0]);
                case 5 -> bytes = splice(bytes, at, 0, Arrays.copyOfRange(bytes, at, at + length));
                default -> {
                    int from = random.nextInt(bytes.length - length + 1);
                    System.arraycopy(original, Math.min(from, original.length - length), bytes, at, length);
                }
            }
        }
        return random.nextInt(20) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
    }

    private static byte[] splice(byte[] bytes, int at, int removed, byte[] inserted) {
        byte[] result = new byte[bytes.length - removed + inserted.length];
        System.arraycopy(bytes, 0, result, 0, at);
        System.arraycopy(inserted, 0, result, at, inserted.length);
        System.arraycopy(bytes, at + removed, result, at + inserted.length, bytes.length - at - removed);
        return result;
    }
}
