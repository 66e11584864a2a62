package io.github.mdetr.nn.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pictures as people have them, which are not committed: read with a note, or named. */
class SharedCasesTest {
    private static final ImageReader READER = ImageReader.of(ImageReader.Mode.STORED);

    @ParameterizedTest
    @CsvSource({
        "i1-extraneous-1.jpg, plain.jpg, JPEG is damaged: bytes that belong to nothing",
        "i1-extraneous-258.jpg, plain.jpg, JPEG is damaged: bytes that belong to nothing",
        "i4-idat-crc.png, a.png, PNG is damaged: the checksum",
        "i4-iend-crc.png, a.png, PNG is damaged: the checksum of its IEND chunk",
    })
    void damageBesideThePixelsIsANote(String file, String whole, String note) throws ImageReadException {
        Path folder = ImageFixtures.sharedCases();
        List<String> notes = new ArrayList<>();
        RgbImage image = READER.read(folder.resolve(file), notes::add);
        assertArrayEquals(READER.read(folder.resolve(whole)).rgb(), image.rgb());
        assertEquals(1, notes.size(), notes.toString());
        assertTrue(notes.get(0).startsWith(folder.resolve(file) + ": " + note), notes.get(0));
    }

    @Test
    void formatsWithoutLossAreTheSamePicture() throws ImageReadException {
        Path folder = ImageFixtures.sharedCases();
        RgbImage bmp = READER.read(folder.resolve("i5.bmp"));
        assertEquals(bmp.size(), READER.read(folder.resolve("i5.gif")).size());
    }

    @ParameterizedTest
    @CsvSource({"i5-lfs.jpg, is a pointer of Git LFS", "i5-video.mp4, is a video"})
    void whatIsNoPictureIsNamed(String file, String kind) {
        Path path = ImageFixtures.sharedCases().resolve(file);
        ImageReadException error = assertThrows(ImageReadException.class, () -> READER.read(path));
        assertTrue(error.getMessage().startsWith(path + ": " + kind), error.getMessage());
    }
}
