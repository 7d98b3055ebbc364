package org.nnlang.runtime.kernel;

/// One block of a product on the Vector API: cache blocking and packing around the register tiles.
///
/// For each block of columns, and each block of k, which together fit the second-level cache: B is packed into panels as
/// wide as a register tile, or read in place; then every strip of six rows of A meets every panel. The strip (9 KB) stays
/// in the first-level cache, the panels stream from the second.
///
/// ▸ Packing B costs 0.1 ns an element and gains by fewer TLB misses and no cache-set conflicts, so it pays only where
/// many rows use the panel: with 128 rows (a batch) B in place gives 97 % of the peak and packed 92 %; at 1024³ it is
/// 83 and 90 %. A row-major A is never packed: six streams of consecutive floats are what a prefetcher likes.
final class VectorGemm {
    private static final int L = VectorMachine.LANES;
    private static final int TILE = VectorMachine.TILE_VECTORS;

    /// Rows of a register tile.
    private static final int ROWS = 6;

    /// Columns of B in one block: with KC steps 786 KB of a second-level cache of 1 MB.
    private static final int NC = 512;

    /// Rows that make packing B worth it, and rows that do when B's own rows are a multiple of 4 KiB apart, which
    /// puts all of a panel's rows into few cache sets.
    private static final int PACK_ROWS = 300;

    private static final int PACK_ROWS_ALIASED = 60;
    private static final int ALIAS = 1024;

    /// The same for the few columns of one head among others: already rows 1 KiB apart fill a quarter of the sets.
    private static final int NARROW = 64;

    private static final int NARROW_ALIAS = 256;

    /// A transposed A is copied in blocks of this many rows, which are columns as it is stored: whole cache lines, and
    /// then few pages. It is turned on the way where registers can do that; otherwise strips read the copy with a stride.
    private static final int MC = 96;

    /// From one row of a turned block to the next: a cache line more than its steps, so that rows lie in different cache sets.
    private static final int TURNED_ROW = Gemm.KC + 16;

    /// A transposed A with fewer steps or panels than these is read in place.
    private static final int PACK_A_STEPS = 64;

    private static final int PACK_A_COLS = 96;

    /// Floats of C that stay in the second-level cache from one block of k to the next: 1 MB.
    private static final int CACHED_FLOATS = 1 << 18;

    /// Where C is larger, blocks of this many rows meet several blocks of k, packed before, one after the other: their part
    /// of C (400 KB) stays near, and what comes from far are panels, which a prefetcher follows, and not lines of C.
    private static final int BLOCK_ROWS = 192;

    /// How many blocks of k are packed at once then: 3 MB.
    private static final int GROUP = 4;

    /// Steps from which on tiles fetch the part of C that the next strip overwrites ([Tiles6]); the stores cost more than they gain in a
    /// shorter chain.
    static final int AHEAD_STEPS = 96;

    /// Elements of C that an epilogue gets at once, at least: 16 KB, still in the first-level cache.
    private static final int EPILOGUE_FLOATS = 4096;

    private VectorGemm() {}

    static void block(GemmTask t, Workspace workspace, int worker, int item, int row, int rows, int col, int cols) {
        boolean aliased = t.ldb % ALIAS == 0;
        boolean apart = cols <= NARROW && t.ldb % NARROW_ALIAS == 0;
        boolean packB = t.transB || rows >= (aliased || apart ? PACK_ROWS_ALIASED : PACK_ROWS);
        boolean packA = t.transA && cols >= PACK_A_COLS && t.k >= PACK_A_STEPS;
        for (int done = 0; done < cols;) {
            int end = Math.min(cols, t.sectionEnd(col + done) - col);
            int parts = (end - done + NC - 1) / NC;
            int units = (end - done + L - 1) / L;
            int next = parts == 1 ? end : done + units / parts * L;
            if (t.held != null && parts > 1) {
                // A multiple of all panels but the last ones.
                next = done + (next - done) / (TILE * L) * (TILE * L);
            }
            columns(t, workspace, worker, item, row, rows, col + done, next - done, packA, packB);
            done = next;
        }
    }

    /// Columns of the panels that hold `cols` columns.
    static int width(int cols) {
        return (cols + L - 1) / L * L;
    }

    /// The last column up to `col` where a panel of a matrix of `n` columns begins, or `n`.
    static int boundary(int n, int col) {
        if (col >= n) {
            return n;
        }
        int vectors = (n + L - 1) / L;
        int v = col / L / TILE * TILE;
        // In front of the last of four vectors no panel begins.
        return (TILE == 3 && vectors - v == 1 && v > 0 ? v - 1 : v) * L;
    }

    /// A block of columns: all of k for all rows, then the epilogue.
    private static void columns(
            GemmTask t, Workspace workspace, int worker, int item, int row, int rows, int col, int cols,
            boolean packA, boolean packB) {
        int b0 = t.bOff + item * t.bStride;
        int width = width(cols);
        // Whether a block of C is met again by the next block of k while it is near.
        boolean stays = (packB || t.held != null) && (long) rows * cols > CACHED_FLOATS;
        int group = stays ? GROUP * Gemm.KC : Gemm.KC;
        int blocks = stays ? (rows + BLOCK_ROWS - 1) / BLOCK_ROWS : 1;
        for (int first = 0; first < t.k; first += group) {
            int end = Math.min(first + group, t.k);
            // In place, the last vector of a row may reach into the next row, but not beyond the array.
            boolean overrun = b0 + col + (long) (end - 1) * t.ldb + width > t.b.length;
            boolean packs = t.held == null && (packB || overrun);
            float[] panels = packs ? workspace.panel((end - first) * width) : t.b;
            for (int from = first; packs && from < end; from += Gemm.KC) {
                Packing.right(
                        t, b0, from, Math.min(Gemm.KC, t.k - from), col, cols, panels, (from - first) * width);
            }
            int done = 0;
            for (int part = 1; part <= blocks; part++) {
                int upTo = part == blocks ? rows : (int) ((long) rows * part / blocks) / ROWS * ROWS;
                for (int from = first; from < end; from += Gemm.KC) {
                    int steps = Math.min(Gemm.KC, t.k - from);
                    float[] b = panels;
                    int bi = b0 + from * t.ldb + col;
                    if (t.held != null) {
                        b = t.held;
                        bi = from * width(t.n) + col * steps;
                    } else if (packs) {
                        bi = (from - first) * width;
                    }
                    rows(t, workspace, worker, item, row + done, upTo - done, col, cols, from, steps, packA, b, bi,
                            t.held != null || packs ? 0 : t.ldb);
                }
                done = upTo;
            }
        }
    }

    /// A block of rows by a block of columns, for a block of k; the epilogue behind the last.
    private static void rows(
            GemmTask t, Workspace workspace, int worker, int item, int row, int rows, int col, int cols, int from,
            int steps, boolean packA, float[] b, int bi, int ldb) {
        int a0 = t.aOff + item * t.aStride;
        int c0 = t.cOff + item * t.cStride + col;
        boolean turned = packA && Packing.turnsLeft();
        boolean add = from > 0 || t.accumulate;
        Epilogue epilogue = from + steps == t.k ? t.epilogue : null;
        int unfinished = 0;
        for (int i = 0; i < rows;) {
            float[] a = t.a;
            int block = rows - i;
            if (packA) {
                block = Math.min(MC, block);
                a = workspace.block(MC * TURNED_ROW);
                if (turned) {
                    Packing.turnedLeft(t, a0, from, steps, row + i, block, a, TURNED_ROW);
                } else {
                    Packing.left(t, a0, from, steps, row + i, block, a, MC);
                }
            }
            int blockStart = i;
            int blockEnd = i + block;
            while (i < blockEnd) {
                int height = height(blockEnd - i);
                int rs = turned ? TURNED_ROW : t.transA ? 1 : t.lda;
                int ks = turned ? 1 : packA ? MC : t.transA ? t.lda : 1;
                int ai = packA ? (i - blockStart) * rs : t.transA ? a0 + from * t.lda + row + i
                        : a0 + (row + i) * t.lda + from;
                int ci = c0 + (row + i) * t.ldc;
                int ahead = add || height < ROWS || steps < AHEAD_STEPS ? 0 : Math.min(ROWS, rows - i - ROWS);
                strip(workspace, steps, a, ai, rs, ks, b, bi, ldb, t.c, ci, t.ldc, height, cols, add, ahead);
                i += height;
                if (epilogue != null && (i == rows || (i - unfinished) * cols >= EPILOGUE_FLOATS)) {
                    epilogue.apply(item * t.m + row + unfinished, i - unfinished, col, cols, worker);
                    unfinished = i;
                }
            }
        }
    }

    /// The rows of the next strip where `left` are left: sixes, then what costs the fewest rows computed in vain.
    static int height(int left) {
        return switch (left) {
            case 1, 2, 3, 4, 5 -> left;
            case 7, 8 -> 4;
            default -> 6;
        };
    }

    /// The vectors of the next panel where `left` are left: as wide as registers allow, but 2 + 2 rather than 3 + 1.
    static int panel(int left) {
        return left == 4 ? 2 : Math.min(left, TILE);
    }

    /// One strip of rows against all panels; `ldb` is 0 where B is packed, each panel `steps` rows of its own width. The `ahead`
    /// rows of C below the strip are fetched.
    private static void strip(
            Workspace workspace, int steps, float[] a, int ai, int rs, int ks, float[] b, int bi, int ldb, float[] c,
            int ci,
            int ldc, int rows, int cols, boolean add, int ahead) {
        int vectors = (cols + L - 1) / L;
        for (int v = 0; v < vectors;) {
            int panel = panel(vectors - v);
            int left = cols - v * L;
            int bp = ldb == 0 ? bi + v * L * steps : bi + v * L;
            int ld = ldb == 0 ? panel * L : ldb;
            if (left >= panel * L) {
                tile(panel, steps, a, ai, rs, ks, b, bp, ld, c, ci + v * L, ldc, rows, add, ahead);
            } else {
                float[] tile = workspace.tile(6 * 3 * 16);
                tile(panel, steps, a, ai, rs, ks, b, bp, ld, tile, 0, panel * L, rows, false, 0);
                edge(tile, panel * L, c, ci + v * L, ldc, rows, left, add);
            }
            v += panel;
        }
    }

    private static void tile(
            int panel, int steps, float[] a, int ai, int rs, int ks, float[] b, int bi, int ldb, float[] c, int ci,
            int ldc,
            int rows, boolean add, int ahead) {
        if (rows > 4) {
            if (panel == 3) {
                Tiles6.tile6x3(steps, a, ai, rs, ks, b, bi, ldb, c, ci, ldc, rows, add, ahead);
            } else if (panel == 2) {
                Tiles6.tile6x2(steps, a, ai, rs, ks, b, bi, ldb, c, ci, ldc, rows, add, ahead);
            } else {
                Tiles6.tile6x1(steps, a, ai, rs, ks, b, bi, ldb, c, ci, ldc, rows, add);
            }
        } else if (panel == 3) {
            Tiles4.tile4x3(steps, a, ai, rs, ks, b, bi, ldb, c, ci, ldc, rows, add);
        } else if (panel == 2) {
            Tiles4.tile4x2(steps, a, ai, rs, ks, b, bi, ldb, c, ci, ldc, rows, add);
        } else {
            Tiles4.tile4x1(steps, a, ai, rs, ks, b, bi, ldb, c, ci, ldc, rows, add);
        }
    }

    /// Stores or adds the part of a tile that lies inside C.
    private static void edge(float[] tile, int ldt, float[] c, int ci, int ldc, int rows, int cols, boolean add) {
        for (int i = 0; i < rows; i++) {
            int ti = i * ldt;
            int to = ci + i * ldc;
            if (add) {
                for (int j = 0; j < cols; j++) {
                    c[to + j] += tile[ti + j];
                }
            } else {
                for (int j = 0; j < cols; j++) {
                    c[to + j] = tile[ti + j];
                }
            }
        }
    }

    /// C = Aᵀ · B, or C += Aᵀ · B, over rows of pixels as [SlopeTiles] reads them, for `length` rows and `m` columns of C,
    /// which fill vectors.
    static void slopes(
            int segments, int count, int jump, float[] a, int ai, int step, float[] b, int bi, int m, float[] c, int ci,
            int length, boolean add) {
        int vectors = m / L;
        for (int v = 0; v < vectors;) {
            int panel = panel(vectors - v);
            int bp = bi + v * L;
            for (int e = 0; e < length; e += 6) {
                int rows = Math.min(6, length - e);
                int to = ci + e * m + v * L;
                if (panel == 3) {
                    SlopeTiles.tile6x3(segments, count, jump, a, ai + e, step, b, bp, m, c, to, m, rows, add);
                } else if (panel == 2) {
                    SlopeTiles.tile6x2(segments, count, jump, a, ai + e, step, b, bp, m, c, to, m, rows, add);
                } else {
                    SlopeTiles.tile6x1(segments, count, jump, a, ai + e, step, b, bp, m, c, to, m, rows, add);
                }
            }
            v += panel;
        }
    }
}
