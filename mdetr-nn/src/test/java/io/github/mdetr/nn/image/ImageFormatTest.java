package io.github.mdetr.nn.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is no picture that is read is named for what it is, in one line that says what to do. */
class ImageFormatTest {
    private static final ImageReader READER = ImageReader.of(ImageReader.Mode.SHOWN);

    /** Text in which {@code \\xHH} stands for a byte. */
    @ParameterizedTest
    @CsvSource({
        "'\\x00\\x00\\x00\\x18ftypisom', a video",
        "'\\x00\\x00\\x00\\x18ftypqt  ', a video",
        "'\\x00\\x00\\x00\\x18ftypmp42', a video",
        "'\\x00\\x00\\x00\\x08wide\\x00\\x00\\x10\\x00mdat', a video",
        "'RIFF\\x10\\x00\\x00\\x00AVI LIST', a video",
        "'\\x1aE\\xdf\\xa3\\x01\\x00', a video",
        "'FLV\\x01\\x05\\x00', a video",
        "'\\x00\\x00\\x01\\xba\\x44\\x00', a video",
        "'0&\\xb2u\\x8ef\\xcf\\x11', a video",
        "'RIFF\\x10\\x00\\x00\\x00WAVEfmt ', a sound file",
        "'ID3\\x03\\x00', a sound file",
        "'\\x00\\x00\\x00\\x18ftypheic', a HEIF (HEIC) picture",
        "'\\x00\\x00\\x00\\x18ftypmif1\\x00\\x00\\x00\\x00mif1heic', a HEIF (HEIC) picture",
        "'\\x00\\x00\\x00\\x18ftypmif1\\x00\\x00\\x00\\x00mif1avif', an AVIF picture",
        "'\\x00\\x00\\x00\\x18ftypavif', an AVIF picture",
        "'\\x00\\x00\\x00\\x0cjP  \\x0d\\x0a', a JPEG 2000 picture",
        "'\\xffO\\xffQ\\x00', a JPEG 2000 picture",
        "'\\x00\\x00\\x00\\x0cJXL \\x0d\\x0a', a JPEG XL picture",
        "'\\xff\\x0a\\x00\\x00', a JPEG XL picture",
        "'8BPS\\x00\\x01', a Photoshop document",
        "'\\x00\\x00\\x01\\x00\\x01\\x00\\x10\\x10', a Windows icon or cursor",
        "'II*\\x00\\x10\\x00\\x00\\x00CR\\x02', a camera raw file",
        "'IIU\\x00\\x18\\x00\\x00\\x00', a camera raw file",
        "'FUJIFILMCCD-RAW 0201', a camera raw file",
        "'\\x00\\x00\\x00\\x18ftypcrx ', a camera raw file",
        "'II+\\x00\\x08\\x00\\x00\\x00', a BigTIFF picture",
        "'%PDF-1.7', a PDF document",
        "'%!PS-Adobe-3.0 EPSF', a PostScript document",
        "'<!DOCTYPE html><html>', a page of HTML",
        "'  <html><head>', a page of HTML",
        "'\\xef\\xbb\\xbf<?xml version=\"1.0\"?><html>', a page of HTML",
        "'<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>', an XML document",
        "'<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\">', a drawing (SVG)",
        "'<svg width=\"5\">', a drawing (SVG)",
        "'{\"error\": \"not found\"}', a JSON document",
        "'version https://git-lfs.github.com/spec/v1\\x0aoid sha256:00', 'a pointer of Git LFS, not the picture itself'",
        "'/annex/objects/SHA256E-s31390--f50d7ac4.jpg\\x0a', 'a pointer of git-annex, not the picture itself'",
        "'../.git/annex/objects/Gx/3Z/SHA256E-s3.jpg', 'a pointer of git-annex, not the picture itself'",
        "'outs:\\x0a- md5: f50d7ac4\\x0a  path: a.jpg\\x0a', 'a DVC file, not the picture itself'",
        "'iVBORw0KGgoAAAANSUhEUgAA\\x0aAAEAAAAB', 'a picture in base64, not its bytes'",
        "'data:image/jpeg;base64,/9j/4AAQ', 'a picture in base64, not its bytes'",
        "'\\x00\\x00\\x02\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x04\\x00\\x04\\x00\\x18\\x20', a Targa (TGA) picture",
        "'\\x00\\x00\\x0a\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x04\\x00\\x04\\x00\\x18\\x20', a Targa (TGA) picture",
        "'\\x00\\x00\\x02\\x00\\x01\\x00\\x10\\x10', a Windows icon or cursor",
        "'P6\\x0a4 4\\x0a255\\x0a', a Netpbm picture",
        "'PK\\x03\\x04\\x14\\x00', a zip archive",
        "'\\x1f\\x8b\\x08\\x00', a gzip file",
        "'Rar!\\x1a\\x07', an archive",
        "'7z\\xbc\\xaf\\x27\\x1c', an archive",
        "'\\x93NUMPY\\x01\\x00', a NumPy array",
        "'\\x89HDF\\x0d\\x0a\\x1a\\x0a', an HDF5 file",
        "'Not Found', a text file",
        "'404: Not Found\\x0a', a text file",
    })
    void whatIsNoPictureIsNamed(String text, String kind) {
        String message = refusal(bytes(text));
        assertEquals("file: is " + kind, message.substring(0, Math.min(message.length(), 9 + kind.length())));
        assertEquals(-1, message.indexOf('\n'));
    }

    @Test
    void theLineSaysWhatToDo() {
        assertEquals(
                "file: is a pointer of Git LFS, not the picture itself; fetch it (git lfs pull)",
                refusal(bytes("version https://git-lfs.github.com/spec/v1\\x0aoid sha256:00")));
        assertEquals(
                "file: is a video, not a picture; take frames out of it, as PNG or JPEG",
                refusal(bytes("\\x00\\x00\\x00\\x18ftypisom")));
        assertEquals(
                "file: is a HEIF (HEIC) picture, which is not read; convert it to PNG or JPEG",
                refusal(bytes("\\x00\\x00\\x00\\x18ftypheic")));
    }

    @Test
    void zerosAreNamed() {
        assertEquals(
                "file: holds nothing but zeros, expected a JPEG, PNG, WebP, BMP, GIF or TIFF file; a download or copy may "
                        + "have failed",
                refusal(new byte[5000]));
    }

    @Test
    void noiseIsUnknown() {
        byte[] noise = new byte[500];
        for (int i = 0; i < noise.length; i++) {
            noise[i] = (byte) (i * 167 + 13);
        }
        assertEquals(
                "file: is not an image in a known format; expected a JPEG, PNG, WebP, BMP, GIF or TIFF file",
                refusal(noise));
    }

    private static String refusal(byte[] bytes) {
        return assertThrows(ImageReadException.class, () -> READER.read(bytes, "file"))
                .getMessage();
    }

    private static byte[] bytes(String text) {
        StringBuilder decoded = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            if (text.startsWith("\\x", i)) {
                decoded.append((char) Integer.parseInt(text.substring(i + 2, i + 4), 16));
                i += 3;
            } else {
                decoded.append(text.charAt(i));
            }
        }
        return decoded.toString().getBytes(StandardCharsets.ISO_8859_1);
    }
}
