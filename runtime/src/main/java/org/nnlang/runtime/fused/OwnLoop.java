package org.nnlang.runtime.fused;

import java.util.Arrays;
import org.nnlang.runtime.operation.Operation;
import org.nnlang.runtime.operation.Operations;

/// An operation of host code over the elements of a tile. Every tier calls it here, one element after the other, so
/// that its bits are its own.
final class OwnLoop {
    private OwnLoop() {}

    /// Runs `step` on `n` elements of its registers, which are all placed. One value for a whole row is computed once,
    /// however many copies of it the other loops read.
    static void run(Operation operation, TileStep step, TileRegisters tile, int n) {
        float[] result = tile.floats[step.result];
        int to = tile.at[step.result];
        int count;
        try {
            switch (operation) {
                case Operation.Unary unary -> {
                    count = tile.mask[step.a] == 0 ? 1 : n;
                    run(unary, step, tile, result, to, count);
                }
                case Operation.Binary binary -> {
                    count = (tile.mask[step.a] | tile.mask[step.b]) == 0 ? 1 : n;
                    run(binary, step, tile, result, to, count);
                }
                case Operation.Ternary ternary -> {
                    count = (tile.mask[step.a] | tile.mask[step.b] | tile.mask[step.c]) == 0 ? 1 : n;
                    run(ternary, step, tile, result, to, count);
                }
            }
        } catch (RuntimeException e) {
            throw Operations.failure(operation, e);
        }
        if (count < n) {
            Arrays.fill(result, to, to + n, result[to]);
        }
    }

    private static void run(
            Operation.Unary operation, TileStep step, TileRegisters tile, float[] result, int to, int n) {
        float[] a = tile.floats[step.a];
        int at = tile.at[step.a];
        int mask = tile.mask[step.a];
        for (int i = 0; i < n; i++) {
            result[to + i] = (float) operation.apply(a[at + (i & mask)]);
        }
    }

    private static void run(
            Operation.Binary operation, TileStep step, TileRegisters tile, float[] result, int to, int n) {
        float[] a = tile.floats[step.a];
        float[] b = tile.floats[step.b];
        int atA = tile.at[step.a];
        int atB = tile.at[step.b];
        int maskA = tile.mask[step.a];
        int maskB = tile.mask[step.b];
        for (int i = 0; i < n; i++) {
            result[to + i] = (float) operation.apply(a[atA + (i & maskA)], b[atB + (i & maskB)]);
        }
    }

    private static void run(
            Operation.Ternary operation, TileStep step, TileRegisters tile, float[] result, int to, int n) {
        float[] a = tile.floats[step.a];
        float[] b = tile.floats[step.b];
        float[] c = tile.floats[step.c];
        int atA = tile.at[step.a];
        int atB = tile.at[step.b];
        int atC = tile.at[step.c];
        int maskA = tile.mask[step.a];
        int maskB = tile.mask[step.b];
        int maskC = tile.mask[step.c];
        for (int i = 0; i < n; i++) {
            result[to + i] =
                    (float) operation.apply(a[atA + (i & maskA)], b[atB + (i & maskB)], c[atC + (i & maskC)]);
        }
    }
}
