// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class PageMapTest {
    @Test
    void shouldBehaveLikeABitSet() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        int pages = 300;
        PageMap map = new PageMap(pages);
        BitSet model = new BitSet(pages);
        for (int step = 0; step < 5000; step++) {
            int from = random.nextInt(pages);
            int to = from + random.nextInt(pages - from + 1);
            boolean value = random.nextBoolean();
            if (value) {
                map.set(from, to);
            } else {
                map.clear(from, to);
            }
            model.set(from, to, value);
            int at = random.nextInt(pages);
            int end = model.get(at) ? model.nextClearBit(at) : model.nextSetBit(at);
            assertThat(map.get(at)).as("seed %d", seed).isEqualTo(model.get(at));
            assertThat(map.endOfRun(at)).as("seed %d", seed).isEqualTo(end < 0 ? pages : Math.min(end, pages));
        }
    }
}
