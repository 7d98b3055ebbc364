package org.nnlang.runtime.kernel;

/// What whole rows become: the order of their elements, and their running sums.
public final class RowPasses {
    /// Elements of one task.
    private static final int CHUNK = 8 * 1024;

    /// Runs of this length are sorted by insertion.
    private static final int RUN = 16;

    private RowPasses() {}

    /// For each row the indices of its elements from the smallest to the greatest, or the other way round; of equal ones
    /// the first comes first. NaN counts as greater than everything, and the two zeros are equal.
    public static void order(
            Team team, float[] x, int xOff, int rows, int width, boolean descending, int[] out, int outOff) {
        RowTask task = team.workspace(team.worker()).row;
        task.set(team, descending ? Kind.DESCENDING : Kind.ASCENDING, width, rows);
        task.floats(x, xOff);
        task.intsOut(out, outOff);
        task.start();
    }

    /// The same for ints.
    public static void order(
            Team team, int[] x, int xOff, int rows, int width, boolean descending, int[] out, int outOff) {
        RowTask task = team.workspace(team.worker()).row;
        task.set(team, descending ? Kind.DESCENDING : Kind.ASCENDING, width, rows);
        task.ints(x, xOff);
        task.intsOut(out, outOff);
        task.start();
    }

    /// For each row the sums of its elements up to each place, or from each place to the end: added one after the other,
    /// with what rounding loses kept beside (Knuth's two-sum), so that the last sum of a long row is as good as the first.
    public static void sums(
            Team team, float[] x, int xOff, int rows, int width, boolean backwards, float[] out, int outOff) {
        RowTask task = team.workspace(team.worker()).row;
        task.set(team, backwards ? Kind.SUMS_BACKWARDS : Kind.SUMS, width, rows);
        task.floats(x, xOff);
        task.floatsOut(out, outOff);
        task.start();
    }

    /// The same for ints.
    public static void sums(
            Team team, int[] x, int xOff, int rows, int width, boolean backwards, int[] out, int outOff) {
        RowTask task = team.workspace(team.worker()).row;
        task.set(team, backwards ? Kind.SUMS_BACKWARDS : Kind.SUMS, width, rows);
        task.ints(x, xOff);
        task.intsOut(out, outOff);
        task.start();
    }

    private enum Kind {
        ASCENDING,
        DESCENDING,
        SUMS,
        SUMS_BACKWARDS
    }

    /// Some rows.
    static final class RowTask implements Team.Task {
        private static final float[] NO_FLOATS = {};
        private static final int[] NO_INTS = {};

        private Kind kind = Kind.SUMS;
        private int width;
        private int rows;
        private int each;
        private boolean isFloat;
        private float[] floats = NO_FLOATS;
        private int[] ints = NO_INTS;
        private int from;
        private float[] floatsOut = NO_FLOATS;
        private int[] intsOut = NO_INTS;
        private int to;
        private @org.jspecify.annotations.Nullable Team team;

        private void set(Team newTeam, Kind newKind, int newWidth, int newRows) {
            team = newTeam;
            kind = newKind;
            width = newWidth;
            rows = newRows;
            each = Math.max(1, CHUNK / Math.max(1, width));
        }

        private void floats(float[] x, int offset) {
            isFloat = true;
            floats = x;
            from = offset;
        }

        private void ints(int[] x, int offset) {
            isFloat = false;
            ints = x;
            from = offset;
        }

        private void floatsOut(float[] out, int offset) {
            floatsOut = out;
            to = offset;
        }

        private void intsOut(int[] out, int offset) {
            intsOut = out;
            to = offset;
        }

        private void start() {
            Team running = team;
            if (running != null && width > 0 && rows > 0) {
                running.run((rows + each - 1) / each, this);
            }
            team = null;
            floats = NO_FLOATS;
            ints = NO_INTS;
            floatsOut = NO_FLOATS;
            intsOut = NO_INTS;
        }

        @Override
        public void run(int index, int worker) {
            int end = Math.min(rows, (index + 1) * each);
            for (int row = index * each; row < end; row++) {
                int x = from + row * width;
                int y = to + row * width;
                switch (kind) {
                    case ASCENDING -> order(x, y, 0, worker);
                    case DESCENDING -> order(x, y, -1, worker);
                    case SUMS -> {
                        if (isFloat) {
                            sums(x, y, 1);
                        } else {
                            wholeSums(x, y, 1);
                        }
                    }
                    case SUMS_BACKWARDS -> {
                        if (isFloat) {
                            sums(x + width - 1, y + width - 1, -1);
                        } else {
                            wholeSums(x + width - 1, y + width - 1, -1);
                        }
                    }
                }
            }
        }

        private void sums(int x, int y, int step) {
            float sum = 0;
            float rest = 0;
            for (int i = 0; i < width; i++) {
                float element = floats[x + i * step];
                float next = sum + element;
                float added = next - sum;
                float lost = (sum - (next - added)) + (element - added);
                rest += Float.isFinite(next) ? lost : 0;
                sum = next;
                floatsOut[y + i * step] = sum + rest;
            }
        }

        private void wholeSums(int x, int y, int step) {
            int sum = 0;
            for (int i = 0; i < width; i++) {
                sum += ints[x + i * step];
                intsOut[y + i * step] = sum;
            }
        }

        /// @param flip 0, or -1 to turn the order round
        private void order(int x, int y, int flip, int worker) {
            Team running = team;
            if (running == null) {
                return;
            }
            long[] keys = running.workspace(worker).keys(2 * width);
            for (int i = 0; i < width; i++) {
                int value = isFloat ? comparable(floats[x + i]) : ints[x + i];
                keys[i] = (long) (value ^ flip) << 32 | i;
            }
            int sorted = sort(keys, width);
            for (int i = 0; i < width; i++) {
                intsOut[y + i] = (int) keys[sorted + i];
            }
        }

        /// An int that compares as the float does.
        private static int comparable(float value) {
            int bits = Float.floatToIntBits(value + 0f);
            return bits ^ bits >> 31 & Integer.MAX_VALUE;
        }

        /// Sorts the first `n` of `2 * n` numbers by merging, and says where they are then.
        private static int sort(long[] a, int n) {
            for (int start = 0; start < n; start += RUN) {
                insertion(a, start, Math.min(n, start + RUN));
            }
            int source = 0;
            for (int length = RUN; length < n; length *= 2) {
                int target = n - source;
                for (int start = 0; start < n; start += 2 * length) {
                    int middle = Math.min(n, start + length);
                    int end = Math.min(n, middle + length);
                    merge(a, source + start, source + middle, source + end, target + start);
                }
                source = target;
            }
            return source;
        }

        private static void insertion(long[] a, int start, int end) {
            for (int i = start + 1; i < end; i++) {
                long value = a[i];
                int j = i - 1;
                while (j >= start && a[j] > value) {
                    a[j + 1] = a[j];
                    j--;
                }
                a[j + 1] = value;
            }
        }

        private static void merge(long[] a, int start, int middle, int end, int target) {
            int left = start;
            int right = middle;
            int to = target;
            while (left < middle && right < end) {
                a[to++] = a[left] <= a[right] ? a[left++] : a[right++];
            }
            System.arraycopy(a, left, a, to, middle - left);
            to += middle - left;
            System.arraycopy(a, right, a, to, end - right);
        }
    }
}
