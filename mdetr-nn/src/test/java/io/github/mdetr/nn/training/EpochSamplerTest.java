package io.github.mdetr.nn.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EpochSamplerTest {
    @ParameterizedTest
    @CsvSource({"12, 3, 1", "12, 3, 2", "13, 2, 3", "1, 1, 1", "207, 10, 4"})
    void aPassTakesEachExampleOnce(int count, int batch, int chunks) {
        EpochSampler sampler = new EpochSampler(count, batch, chunks, 7);
        long batches = sampler.batchesPerEpoch() * chunks;
        assertEquals(count / chunks / batch, sampler.batchesPerEpoch());
        for (int pass = 0; pass < 3; pass++) {
            int[] all = LongStream.range(pass * batches, (pass + 1) * batches)
                    .boxed()
                    .flatMapToInt(i -> Arrays.stream(sampler.indices(i)))
                    .toArray();
            TreeSet<Integer> distinct = new TreeSet<>();
            Arrays.stream(all).forEach(distinct::add);
            assertEquals(batches * batch, distinct.size());
            assertTrue(distinct.first() >= 0 && distinct.last() < count);
        }
    }

    @Test
    void aBatchIsAFunctionOfItsNumberAndTheSeed() {
        EpochSampler one = new EpochSampler(100, 4, 1, 7);
        EpochSampler two = new EpochSampler(100, 4, 1, 7);
        int[] late = two.indices(77);
        for (long i = 0; i < 77; i++) {
            one.indices(i);
        }
        assertArrayEquals(late, one.indices(77));
        assertFalse(Arrays.equals(one.indices(0), one.indices(25)), "another order in the next epoch");
        assertFalse(Arrays.equals(one.indices(0), new EpochSampler(100, 4, 1, 8).indices(0)));
    }

    @Test
    void anEpochHoldsABatch() {
        String message = assertThrows(IllegalArgumentException.class, () -> new EpochSampler(7, 4, 2, 1))
                .getMessage();
        assertTrue(message.contains("got 7 examples in 2 chunks for batches of 4"), message);
    }
}
