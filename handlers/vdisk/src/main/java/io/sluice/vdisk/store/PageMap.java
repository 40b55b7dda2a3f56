// SPDX-License-Identifier: Apache-2.0
package io.sluice.vdisk.store;

import java.util.concurrent.atomic.AtomicLongArray;

/** One bit per page, changed by many threads at once. */
final class PageMap {
    private final AtomicLongArray words;
    private final long pages;

    PageMap(long pages) {
        this.pages = pages;
        this.words = new AtomicLongArray(Math.toIntExact(Math.ceilDiv(pages, Long.SIZE)));
    }

    boolean get(long page) {
        return (words.get((int) (page / Long.SIZE)) & (1L << page)) != 0;
    }

    /** Sets the bits of pages {@code from .. to - 1}. */
    void set(long from, long to) {
        for (long page = from; page < to; page = nextWord(page)) {
            int word = (int) (page / Long.SIZE);
            long mask = mask(page, to);
            // Overwriting is the common case, and then no cache line needs to change hands.
            if ((words.get(word) & mask) != mask) {
                words.getAndAccumulate(word, mask, (a, b) -> a | b);
            }
        }
    }

    /** Clears the bits of pages {@code from .. to - 1}. */
    void clear(long from, long to) {
        for (long page = from; page < to; page = nextWord(page)) {
            words.getAndAccumulate((int) (page / Long.SIZE), ~mask(page, to), (a, b) -> a & b);
        }
    }

    /** The first page after {@code page} whose bit differs, or the number of pages. */
    long endOfRun(long page) {
        boolean value = get(page);
        for (long at = page; at < pages; ) {
            long word = words.get((int) (at / Long.SIZE));
            long differing = (value ? ~word : word) & (-1L << at);
            if (differing != 0) {
                return Math.min(at / Long.SIZE * Long.SIZE + Long.numberOfTrailingZeros(differing), pages);
            }
            at = nextWord(at);
        }
        return pages;
    }

    private static long nextWord(long page) {
        return (page / Long.SIZE + 1) * Long.SIZE;
    }

    /** Bits of the word of {@code page}, from it up to {@code to}. */
    private static long mask(long page, long to) {
        long from = -1L << page;
        return to >= nextWord(page) ? from : from & ((1L << to) - 1);
    }
}
