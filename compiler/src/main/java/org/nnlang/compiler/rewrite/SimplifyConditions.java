package org.nnlang.compiler.rewrite;

import static org.nnlang.compiler.rewrite.Rewriter.is;
import static org.nnlang.compiler.rewrite.Rewriter.isFloat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.ir.ElementwiseOp;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.op.Ops;
import org.nnlang.runtime.tensor.DType;

/// Comparisons, logic, choices and casts.
final class SimplifyConditions {
    private SimplifyConditions() {}

    /// The rules for an operation, in the order they are tried.
    static List<Rule> rules(ElementwiseOp op) {
        if (op == Ops.EQ || op == Ops.NE) {
            return List.of(SimplifyArithmetic::orderOperands, SimplifyConditions::compareWithItself);
        } else if (op == Ops.AND || op == Ops.OR) {
            return List.of(
                    SimplifyArithmetic::orderOperands,
                    SimplifyConditions::joinWithConstant,
                    SimplifyConditions::joinWithItself);
        } else if (op == Ops.NOT) {
            return List.of(SimplifyConditions::negateTwice, SimplifyConditions::negateEquality);
        } else if (op == Ops.SELECT) {
            return List.of(
                    SimplifyConditions::chooseKnown,
                    SimplifyConditions::chooseEither,
                    SimplifyConditions::chooseByOpposite,
                    SimplifyConditions::chooseOnce,
                    SimplifyConditions::chooseTruth);
        } else if (op == Ops.TO_BOOL || op == Ops.TO_I32) {
            return List.of(SimplifyConditions::castOnce);
        }
        return List.of();
    }

    /// (x = x) = true and (x ≠ x) = false, of whole numbers: a NaN differs from itself.
    private static @Nullable Node compareWithItself(Rewriter to, Node node) {
        return node.input(0) == node.input(1) && !isFloat(node.input(0))
                ? to.fill(node.type(), is(node, Ops.EQ) ? 1 : 0)
                : null;
    }

    /// c ∧ true = c, c ∧ false = false, c ∨ true = true, c ∨ false = c.
    private static @Nullable Node joinWithConstant(Rewriter to, Node node) {
        var known = node.input(1);
        if (is(known, 1)) {
            return is(node, Ops.AND) ? node.input(0) : known;
        } else if (is(known, 0)) {
            return is(node, Ops.AND) ? known : node.input(0);
        }
        return null;
    }

    /// c ∧ c = c and c ∨ c = c.
    private static @Nullable Node joinWithItself(Rewriter to, Node node) {
        return node.input(0) == node.input(1) ? node.input(0) : null;
    }

    /// ¬¬c = c.
    private static @Nullable Node negateTwice(Rewriter to, Node node) {
        return is(node.input(0), Ops.NOT) ? node.input(0).input(0) : null;
    }

    /// ¬(a = b) = (a ≠ b) and ¬(a ≠ b) = (a = b). Not so for <, which is false for NaN as its opposite is.
    private static @Nullable Node negateEquality(Rewriter to, Node node) {
        var x = node.input(0);
        if (is(x, Ops.EQ)) {
            return to.apply(Ops.NE, x.input(0), x.input(1));
        }
        return is(x, Ops.NE) ? to.apply(Ops.EQ, x.input(0), x.input(1)) : null;
    }

    /// true ? a : b = a and false ? a : b = b.
    private static @Nullable Node chooseKnown(Rewriter to, Node node) {
        if (is(node.input(0), 1)) {
            return node.input(1);
        }
        return is(node.input(0), 0) ? node.input(2) : null;
    }

    /// c ? a : a = a.
    private static @Nullable Node chooseEither(Rewriter to, Node node) {
        return node.input(1) == node.input(2) ? node.input(1) : null;
    }

    /// ¬c ? a : b = c ? b : a.
    private static @Nullable Node chooseByOpposite(Rewriter to, Node node) {
        var c = node.input(0);
        return is(c, Ops.NOT) ? to.apply(Ops.SELECT, c.input(0), node.input(2), node.input(1)) : null;
    }

    /// c ? (c ? a : b) : d = c ? a : d and c ? a : (c ? b : d) = c ? a : d.
    private static @Nullable Node chooseOnce(Rewriter to, Node node) {
        var c = node.input(0);
        var a = node.input(1);
        var b = node.input(2);
        if (is(a, Ops.SELECT) && a.input(0) == c) {
            return to.apply(Ops.SELECT, c, a.input(1), b);
        }
        return is(b, Ops.SELECT) && b.input(0) == c ? to.apply(Ops.SELECT, c, a, b.input(2)) : null;
    }

    /// c ? true : false = c and c ? false : true = ¬c; c ? 1 : 0 = f32(c) or i32(c).
    private static @Nullable Node chooseTruth(Rewriter to, Node node) {
        var c = node.input(0);
        if (is(node.input(1), 1) && is(node.input(2), 0)) {
            return switch (node.type().dtype()) {
                case BOOL -> c;
                case F32 -> to.apply(Ops.TO_F32, c);
                case I32 -> to.apply(Ops.TO_I32, c);
                case U8 -> null;
            };
        }
        boolean opposite = node.type().dtype() == DType.BOOL && is(node.input(1), 0) && is(node.input(2), 1);
        return opposite ? to.apply(Ops.NOT, c) : null;
    }

    /// bool(f32(c)) = c and bool(i32(c)) = c, for a bool c; i32(f32(x)) = i32(x), for a bool or u8 x.
    private static @Nullable Node castOnce(Rewriter to, Node node) {
        if (!(node.form() instanceof Form.Elementwise(var op)
                && node.input(0).form() instanceof Form.Elementwise(var inner)
                && (inner == Ops.TO_F32 || inner == Ops.TO_I32))) {
            return null;
        }
        var x = node.input(0).input(0);
        return switch (x.type().dtype()) {
            case BOOL -> op == Ops.TO_BOOL ? x : to.apply(op, x);
            case U8 -> to.apply(op, x);
            case F32, I32 -> null;
        };
    }
}
