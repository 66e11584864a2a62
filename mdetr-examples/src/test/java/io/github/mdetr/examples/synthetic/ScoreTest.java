package io.github.mdetr.examples.synthetic;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Intervals of shares against scipy's (fixtures/synthetic/make_wilson.py). */
class ScoreTest {
    @Test
    void intervalsAreScipys() throws IOException {
        int rows = 0;
        try (InputStream fixture = getClass().getResourceAsStream("/synthetic/wilson.json");
                JsonParser json = new JsonFactory().createParser(fixture)) {
            Map<String, Double> row = new HashMap<>();
            while (json.nextToken() != null) {
                if (json.currentToken().isNumeric()) {
                    row.put(json.currentName(), json.getDoubleValue());
                } else if (json.currentToken() == JsonToken.END_OBJECT && row.size() == 4) {
                    Score score = new Score(
                            row.get("right").intValue(), row.get("all").intValue());
                    assertEquals(row.get("low"), score.low(), 1e-12, score.toString());
                    assertEquals(row.get("high"), score.high(), 1e-12, score.toString());
                    row.clear();
                    rows++;
                }
            }
        }
        assertEquals(11, rows);
    }

    @Test
    void countsAddUp() {
        Score score = Score.NONE.plus(true).plus(false).plus(true).plus(true);
        assertEquals(new Score(3, 4), score);
        assertEquals(0.75, score.share());
        assertEquals(Double.NaN, Score.NONE.share());
    }
}
