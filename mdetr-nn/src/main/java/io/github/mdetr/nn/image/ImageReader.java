package io.github.mdetr.nn.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * Reads JPEG, PNG, WebP, BMP, GIF and TIFF files to the pixel values that PIL gives, on every platform the same.
 *
 * <p>The decoders are ours, for what ImageIO gives differs: it converts colour profiles, refuses files that PIL takes,
 * and depends on the JDK's native library. Damage is what PIL makes of it: an error where PIL raises one, else PIL's
 * pixels and a note, which {@link #read(Path, Consumer)} hands over. With {@link #strict()} all damage is an error:
 * checksums that do not fit, corrupt data, bytes that belong to nothing. A size is checked before anything of that size is
 * allocated.
 *
 * <p>Of an animation the first frame is read, of several pages the first. Not read, each with a clear error:
 * arithmetic-coded, lossless, hierarchical and 12-bit JPEG, JPEG of more than 200 scans, TIFF compressed as JPEG, fax or
 * in rarer ways or of other than 1 and 8 bits a sample, and every other format.
 *
 * @param mode what becomes of transparency and orientation
 * @param maxPixels largest width·height that is decoded
 * @param maxBytes largest file that is read
 * @param refuseDamage whether damage that PIL passes over is an error
 */
public record ImageReader(Mode mode, long maxPixels, long maxBytes, boolean refuseDamage) {
    /** Default of {@link #maxPixels}: 100 million. */
    public static final long DEFAULT_MAX_PIXELS = 100_000_000;

    /** Default of {@link #maxBytes}: 256 MiB. */
    public static final long DEFAULT_MAX_BYTES = 256L << 20;

    /** What errors say is expected. */
    static final String FORMATS = "a JPEG, PNG, WebP, BMP, GIF or TIFF file";

    /** What becomes of transparency and orientation. */
    public enum Mode {
        /** PIL's {@code Image.open(file).convert("RGB")}: transparency dropped, rows as stored. For data sets. */
        STORED,
        /** As a viewer shows it: turned as EXIF (else XMP) says, transparency laid over white. For users' pictures. */
        SHOWN
    }

    /**
     * Checks the limits.
     *
     * @throws IllegalArgumentException if a limit is less than 1
     */
    public ImageReader {
        if (maxPixels < 1 || maxBytes < 1) {
            throw new IllegalArgumentException("image reader: expected limits of at least 1, got " + maxPixels
                    + " pixels, " + maxBytes + " bytes");
        }
    }

    /** A reader that passes over the damage that PIL passes over. */
    public ImageReader(Mode mode, long maxPixels, long maxBytes) {
        this(mode, maxPixels, maxBytes, false);
    }

    /** A reader of a mode with the default limits. */
    public static ImageReader of(Mode mode) {
        return new ImageReader(mode, DEFAULT_MAX_PIXELS, DEFAULT_MAX_BYTES);
    }

    /** This reader with another limit on width·height. */
    public ImageReader withMaxPixels(long pixels) {
        return new ImageReader(mode, pixels, maxBytes, refuseDamage);
    }

    /** This reader with another limit on a file's length. */
    public ImageReader withMaxBytes(long bytes) {
        return new ImageReader(mode, maxPixels, bytes, refuseDamage);
    }

    /** This reader with all damage an error, also what PIL passes over. */
    public ImageReader strict() {
        return new ImageReader(mode, maxPixels, maxBytes, true);
    }

    /**
     * Reads a file; notes are passed over.
     *
     * @throws ImageReadException if there is none, it is no picture in one of the formats, damaged beyond what PIL reads,
     *     or beyond a limit
     */
    public RgbImage read(Path file) throws ImageReadException {
        return read(file, note -> {});
    }

    /**
     * Reads a file.
     *
     * @param notes takes what is wrong with a file that is read all the same, a line each with the file's name
     * @throws ImageReadException as {@link #read(Path)}
     */
    public RgbImage read(Path file, Consumer<String> notes) throws ImageReadException {
        return turned(decode(file, notes), file.toString());
    }

    /**
     * Reads a file and leaves its rows as stored in either mode, for callers that decide by the size whether to turn them.
     *
     * @throws ImageReadException as {@link #read(Path)}
     */
    public DecodedImage decode(Path file) throws ImageReadException {
        return decode(file, note -> {});
    }

    /**
     * As {@link #decode(Path)}, with notes.
     *
     * @param notes as for {@link #read(Path, Consumer)}
     * @throws ImageReadException as {@link #read(Path)}
     */
    public DecodedImage decode(Path file, Consumer<String> notes) throws ImageReadException {
        String name = file.toString();
        if (Files.isDirectory(file)) {
            throw new ImageReadException(name, "is a directory, expected " + FORMATS);
        }
        try (InputStream stream = Files.newInputStream(file)) {
            // One byte beyond the limit tells a file that is too long, whatever its size is said to be.
            int limit = (int) Math.min(maxBytes, Integer.MAX_VALUE - 16);
            long size = Files.size(file);
            if (size > limit) {
                throw tooLong(name, size);
            }
            byte[] bytes = stream.readNBytes(limit + 1);
            if (bytes.length > limit) {
                throw tooLong(name, bytes.length);
            }
            return decode(bytes, name, notes);
        } catch (ImageReadException e) {
            throw e;
        } catch (NoSuchFileException e) {
            throw new ImageReadException(name, "no such file", e);
        } catch (AccessDeniedException e) {
            throw new ImageReadException(name, "permission denied; make the file readable", e);
        } catch (IOException e) {
            throw new ImageReadException(name, "cannot be read (" + e.getMessage() + ")", e);
        }
    }

    /**
     * Reads an image from memory; notes are passed over.
     *
     * @param bytes the file's bytes, not changed
     * @param name what errors call it
     * @throws ImageReadException as {@link #read(Path)}
     */
    public RgbImage read(byte[] bytes, String name) throws ImageReadException {
        return read(bytes, name, note -> {});
    }

    /**
     * Reads an image from memory.
     *
     * @param bytes the file's bytes, not changed
     * @param name what errors and notes call it
     * @param notes takes what is wrong with a file that is read all the same, a line each with the name
     * @throws ImageReadException as {@link #read(Path)}
     */
    public RgbImage read(byte[] bytes, String name, Consumer<String> notes) throws ImageReadException {
        return turned(decode(bytes, name, notes), name);
    }

    private DecodedImage decode(byte[] bytes, String name, Consumer<String> notes) throws ImageReadException {
        if (bytes.length > maxBytes) {
            throw tooLong(name, bytes.length);
        }
        ImageNotes found = new ImageNotes(refuseDamage);
        ImageInput in = new ImageInput(name, bytes, maxPixels, found);
        DecodedImage image;
        try {
            image = decode(in, mode == Mode.SHOWN);
        } catch (OutOfMemoryError e) {
            throw tooLarge(name, e);
        }
        found.tell(name, notes);
        return image;
    }

    private RgbImage turned(DecodedImage decoded, String name) throws ImageReadException {
        try {
            return mode == Mode.SHOWN ? decoded.shown() : decoded.pixels();
        } catch (OutOfMemoryError e) {
            throw tooLarge(name, e);
        }
    }

    /** A large array that does not fit leaves the heap as it was. */
    private static ImageReadException tooLarge(String name, OutOfMemoryError e) {
        return new ImageReadException(
                name, "needs more heap than is free to decode; raise -Xmx or make the image smaller", e);
    }

    private static DecodedImage decode(ImageInput in, boolean overWhite) throws ImageReadException {
        ImageFormat format = ImageFormat.of(in);
        return switch (format) {
            case JPEG -> JpegDecoder.decode(in);
            case PNG -> PngDecoder.decode(in, overWhite);
            case WEBP -> WebpDecoder.decode(in, overWhite);
            case BMP -> BmpDecoder.decode(in, overWhite);
            case GIF -> GifDecoder.decode(in, overWhite);
            case TIFF -> TiffDecoder.decode(in, overWhite);
            default -> throw in.error(format.refusal());
        };
    }

    private ImageReadException tooLong(String name, long length) {
        return new ImageReadException(
                name,
                "has " + length + " bytes or more, over the limit of " + maxBytes
                        + "; save the image smaller or raise ImageReader's maxBytes");
    }
}
