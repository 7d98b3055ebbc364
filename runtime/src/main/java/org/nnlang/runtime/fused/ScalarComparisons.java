package org.nnlang.runtime.fused;

/// The comparisons of [ScalarLoops]: a loop for each, as a choice among them for each element takes longer than the comparison.
final class ScalarComparisons {
    private ScalarComparisons() {}

    /// Elements of two runs.
    static void runs(Opcode op, float[] a, int ao, float[] b, int bo, int[] r, int ro, int n) {
        switch (op) {
            case LT -> {
                for (int i = 0; i < n; i++) {
                    r[ro + i] = a[ao + i] < b[bo + i] ? 1 : 0;
                }
            }
            case LE -> {
                for (int i = 0; i < n; i++) {
                    r[ro + i] = a[ao + i] <= b[bo + i] ? 1 : 0;
                }
            }
            case EQ -> {
                for (int i = 0; i < n; i++) {
                    r[ro + i] = a[ao + i] == b[bo + i] ? 1 : 0;
                }
            }
            case NE -> {
                for (int i = 0; i < n; i++) {
                    r[ro + i] = a[ao + i] != b[bo + i] ? 1 : 0;
                }
            }
            default -> throw new AssertionError(op);
        }
    }

    /// Elements of a run with a single value.
    static void withOne(Opcode op, float[] a, int ao, float y, int[] r, int ro, int n) {
        switch (op) {
            case LT -> {
                for (int i = 0; i < n; i++) {
                    r[ro + i] = a[ao + i] < y ? 1 : 0;
                }
            }
            case LE -> {
                for (int i = 0; i < n; i++) {
                    r[ro + i] = a[ao + i] <= y ? 1 : 0;
                }
            }
            case EQ -> {
                for (int i = 0; i < n; i++) {
                    r[ro + i] = a[ao + i] == y ? 1 : 0;
                }
            }
            case NE -> {
                for (int i = 0; i < n; i++) {
                    r[ro + i] = a[ao + i] != y ? 1 : 0;
                }
            }
            default -> throw new AssertionError(op);
        }
    }
}
