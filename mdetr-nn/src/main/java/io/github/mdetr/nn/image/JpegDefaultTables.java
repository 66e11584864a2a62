package io.github.mdetr.nn.image;

import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The Huffman tables of ITU-T T.81, annex K.3, which frames of Motion JPEG leave out: sixteen counts by code length,
 * then the symbols.
 */
final class JpegDefaultTables {
    private static final String DC_LUMINANCE = "00010501010101010100000000000000000102030405060708090a0b";
    private static final String DC_CHROMINANCE = "00030101010101010101010000000000000102030405060708090a0b";
    private static final String AC_LUMINANCE = "0002010303020403050504040000017d01020300041105122131410613516107"
            + "227114328191a1082342b1c11552d1f02433627282090a161718191a25262728292a3435363738393a43444546474849"
            + "4a535455565758595a636465666768696a737475767778797a838485868788898a92939495969798999aa2a3a4a5a6a7"
            + "a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8"
            + "f9fa";
    private static final String AC_CHROMINANCE = "0002010204040304070504040001027700010203110405213106124151076171"
            + "1322328108144291a1b1c109233352f0156272d10a162434e125f11718191a262728292a35363738393a434445464748"
            + "494a535455565758595a636465666768696a737475767778797a82838485868788898a92939495969798999aa2a3a4a5"
            + "a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae2e3e4e5e6e7e8e9eaf2f3f4f5f6f7f8"
            + "f9fa";

    private static final JpegHuffman[] DC = {parse(DC_LUMINANCE), parse(DC_CHROMINANCE)};
    private static final JpegHuffman[] AC = {parse(AC_LUMINANCE), parse(AC_CHROMINANCE)};

    /** What stands for a table that is missing, or is none. */
    static final JpegHuffman UNDEFINED = table(new int[16], new byte[0]);

    private JpegDefaultTables() {}

    /**
     * The table to decode with.
     *
     * @param defined the file's own, if it has one
     * @param dc whether DC values are decoded
     * @param number the table's number
     * @param progressive whether the frame is progressive: then there are no defaults
     */
    static JpegHuffman orDefault(@Nullable JpegHuffman defined, boolean dc, int number, boolean progressive) {
        if (defined != null) {
            return defined;
        } else if (number > 1 || progressive) {
            return UNDEFINED;
        }
        return (dc ? DC : AC)[number];
    }

    private static JpegHuffman parse(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        int[] counts = new int[16];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = bytes[i];
        }
        return table(counts, Arrays.copyOfRange(bytes, 16, bytes.length));
    }

    private static JpegHuffman table(int[] counts, byte[] symbols) {
        JpegHuffman table = JpegHuffman.of(counts, symbols);
        if (table == null) {
            throw new AssertionError("the default tables are prefix codes");
        }
        return table;
    }
}
