package io.github.mdetr.nn.image;

import java.util.Arrays;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * The chunks of a PNG (PNG specification, third edition, section 5), read as PIL reads them: those before the image data
 * must have their checksums and the lengths that they need, those behind need be there only in whole, and the end may be
 * missing.
 */
final class PngChunks {
    private static final int FIRST = 8;
    private static final int OVERHEAD = 12;

    private final ImageInput in;
    private final PngMetadata metadata;
    private final CRC32 crc = new CRC32();
    private int at = FIRST;
    private @Nullable PngHeader header;
    private @Nullable PngFrame frame;
    private long frames;
    private int sequence;
    byte[] palette = new byte[0];
    byte @Nullable [] transparency;

    /** Where the image data's first chunk begins, and where its last one ends. */
    int dataStart;

    int dataEnd;
    /** The last chunk of image data, where it is cut; else beyond all. */
    int cutChunk = Integer.MAX_VALUE;

    private PngChunks(ImageInput in) {
        this.in = in;
        this.metadata = new PngMetadata(in);
    }

    static PngChunks read(ImageInput in) throws ImageReadException {
        PngChunks chunks = new PngChunks(in);
        chunks.readBeforeData();
        chunks.readData();
        chunks.readBehindData();
        return chunks;
    }

    PngHeader header() throws ImageReadException {
        if (header == null) {
            throw in.error("PNG has no IHDR chunk before its image data");
        }
        return header;
    }

    /** Where on the canvas the image data goes. */
    PngFrame frame() throws ImageReadException {
        return frame == null ? new PngFrame(header().width(), header().height(), 0, 0) : frame;
    }

    ImageOrientation orientation() {
        return metadata.orientation();
    }

    private void readBeforeData() throws ImageReadException {
        while (true) {
            if (in.length() - at < OVERHEAD) {
                throw in.error("PNG is truncated: it ends after " + in.length() + " bytes without image data");
            }
            if (!isWord()) {
                throw in.error("PNG is damaged: the chunk at byte " + at + " has a type that is not of letters");
            }
            if (in.has(at + 4, "IDAT")) {
                if (header != null) {
                    break;
                }
                in.note("PNG is damaged: it has image data before its header, which is passed over");
            }
            if (in.has(at + 4, "IEND")) {
                throw in.error("PNG has no image data (IDAT chunk)");
            }
            int length = wholeLength();
            if (!checksumFits(length)) {
                throw in.error("PNG is damaged: the checksum of the chunk at byte " + at + " does not fit");
            }
            readChunk(at + 4, at + 8, length, false);
            at += OVERHEAD + length;
        }
        if (header().colorType() == PngHeader.PALETTE && palette.length < 3) {
            in.note("PNG has indexed pixels but no palette before them (PLTE chunk); they are black");
        }
    }

    private void readData() throws ImageReadException {
        dataStart = at;
        while (in.length() - at >= 8 && in.has(at + 4, "IDAT")) {
            int length = in.i32(at);
            if (length < 0 || length > in.length() - at - OVERHEAD) {
                in.note("PNG is truncated: the chunk at byte " + at + " has " + Integer.toUnsignedLong(length)
                        + " bytes, the file " + Math.max(0, in.length() - at - OVERHEAD) + " left");
                boolean whole = length >= 0 && length <= in.length() - at - 8;
                cutChunk = whole ? Integer.MAX_VALUE : at;
                at = in.length();
                break;
            }
            if (!checksumFits(length)) {
                in.note("PNG is damaged: the checksum of the chunk at byte " + at + " does not fit");
            }
            at += OVERHEAD + length;
        }
        dataEnd = at;
    }

    private void readBehindData() throws ImageReadException {
        while (in.length() - at >= 8 && isWord() && !in.has(at + 4, "IEND")) {
            if (in.has(at + 4, "fcTL") && frames > 1) {
                // The next frame of an animation; PIL reads no further.
                return;
            }
            if (in.has(at + 4, "IDAT")) {
                in.note("PNG is damaged: its IDAT chunks do not follow each other");
            }
            int length = wholeLength();
            if (!checksumFits(length)) {
                in.note("PNG is damaged: the checksum of the chunk at byte " + at + " does not fit");
            }
            readChunk(at + 4, at + 8, length, true);
            at = (int) Math.min(in.length(), (long) at + OVERHEAD + length);
        }
        if (!in.has(at + 4, "IEND")) {
            in.note("PNG is truncated: it ends after " + in.length() + " bytes without an IEND chunk");
        } else if (in.length() - at < OVERHEAD || !checksumFits(0)) {
            in.note("PNG is damaged: the checksum of its IEND chunk does not fit");
        }
    }

    /** The length of the chunk at hand, whose data must be within the file. */
    private int wholeLength() throws ImageReadException {
        int length = in.i32(at);
        if (length < 0 || length > in.length() - at - 8) {
            throw in.error("PNG is truncated: the chunk at byte " + at + " has " + Integer.toUnsignedLong(length)
                    + " bytes, the file " + (in.length() - at - 8) + " left");
        }
        return length;
    }

    private boolean checksumFits(int length) {
        if (in.length() - at - OVERHEAD < length) {
            return false;
        }
        crc.reset();
        crc.update(in.bytes(), at + 4, length + 4);
        return (int) crc.getValue() == in.i32(at + 8 + length);
    }

    /** Whether the chunk's type is of what PIL takes for letters. */
    private boolean isWord() throws ImageReadException {
        boolean letters = true;
        for (int i = at + 4; i < at + 8; i++) {
            int c = in.u8(i);
            boolean letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
            letters &= letter;
            if (!letter && c != '_' && (c < '0' || c > '9')) {
                return false;
            }
        }
        if (!letters) {
            in.note("PNG is damaged: the chunk at byte " + at + " has a type that is not of letters");
        }
        return true;
    }

    private void readChunk(int type, int data, int length, boolean late) throws ImageReadException {
        checkLength(type, length);
        if (in.has(type, "IHDR")) {
            if (header != null) {
                in.note("PNG is damaged: it has a second IHDR chunk");
            }
            PngHeader read = PngHeader.read(in, data, length);
            header = late ? header : read;
        } else if (in.has(type, "PLTE")) {
            if (!late) {
                palette = Arrays.copyOfRange(in.bytes(), data, data + Math.min(length, 3 * 256));
            }
        } else if (in.has(type, "tRNS")) {
            transparency = Arrays.copyOfRange(in.bytes(), data, data + Math.min(length, 256));
        } else if (in.has(type, "acTL")) {
            long count = in.i32(data) & 0xffffffffL;
            frames = count <= 0x80000000L ? count : 0;
        } else if (in.has(type, "fdAT")) {
            checkSequence(data);
        } else if (in.has(type, "fcTL")) {
            checkSequence(data);
            PngFrame next = PngFrame.read(in, data, header());
            frame = late ? frame : next;
        } else if ((in.u8(type) & 0x20) == 0 && !in.has(type, "IDAT")) {
            in.note("PNG has a critical chunk that is not in the format, at byte " + (type - 4));
        } else {
            metadata.read(type, data, length);
        }
    }

    /** The chunks of an animation are numbered. */
    private void checkSequence(int data) throws ImageReadException {
        if (in.i32(data) != sequence++) {
            throw in.error("PNG is damaged: the chunks of its animation do not follow each other");
        }
    }

    /** Chunks that PIL refuses where they are shorter than what they hold. */
    private void checkLength(int type, int length) throws ImageReadException {
        int least = 0;
        if (in.has(type, "sRGB")) {
            least = 1;
        } else if (in.has(type, "gAMA") || in.has(type, "fdAT")) {
            least = 4;
        } else if (in.has(type, "acTL")) {
            least = 8;
        } else if (in.has(type, "pHYs")) {
            least = 9;
        } else if (in.has(type, "fcTL")) {
            least = 26;
        } else if (in.has(type, "cHRM")) {
            least = 32;
        } else if (in.has(type, "tRNS") && header != null) {
            least = switch (header.colorType()) {
                case PngHeader.GRAY -> 2;
                case PngHeader.RGB -> 6;
                default -> 0;
            };
        }
        if (length < least) {
            throw in.error("PNG is damaged: the chunk at byte " + (type - 4) + " has " + length
                    + " bytes, less than the " + least + " that its type needs");
        }
    }
}
