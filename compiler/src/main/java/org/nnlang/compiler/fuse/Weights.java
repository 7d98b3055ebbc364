package org.nnlang.compiler.fuse;

import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Node;
import org.nnlang.runtime.fused.Opcode;

/// About how many vector instructions a node's operation is spelled with.
final class Weights {
    private Weights() {}

    static int of(Node node) {
        if (!(node.form() instanceof Form.Elementwise(var op))) {
            return 1;
        }
        return op.opcode().map(Weights::of).orElse(1);
    }

    private static int of(Opcode opcode) {
        return switch (opcode) {
            case ADD, SUB, MUL, DIV, MIN, MAX, FMA, NEG, ABS, SQRT, LT, LE, EQ, NE, AND, OR, NOT, SELECT, TO_F32,
                    TO_I32,
                    TO_BOOL ->
                1;
            case SIGN, RSQRT, FLOOR, CEIL, ROUND, MOD, FLOORDIV -> 4;
            case EXP, LOG, TANH, SIN, COS -> 16;
            case LOG1P, EXPM1, ERF -> 20;
            case POW -> 32;
        };
    }
}
