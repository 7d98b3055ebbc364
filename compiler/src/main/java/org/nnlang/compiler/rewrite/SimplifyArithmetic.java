package org.nnlang.compiler.rewrite;

import static org.nnlang.compiler.rewrite.Rewriter.is;
import static org.nnlang.compiler.rewrite.Rewriter.isFloat;
import static org.nnlang.compiler.rewrite.Rewriter.isUniform;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.ir.ElementwiseOp;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.op.Ops;

/// Sums, products, quotients and powers. Rules keep every value but the sign of a zero; f32 rules hold for NaN and
/// infinity too, so x · 0 and x - x stay.
final class SimplifyArithmetic {
    private SimplifyArithmetic() {}

    /// The rules for an operation, in the order they are tried.
    static List<Rule> rules(ElementwiseOp op) {
        return switch (op.opcode().orElseThrow()) {
            case ADD -> List.of(
                    SimplifyArithmetic::orderOperands,
                    SimplifyArithmetic::addZero,
                    SimplifyArithmetic::addNegated,
                    SimplifyArithmetic::addNegativeFirst,
                    JoinPads.JOIN_PADS);
            case SUB -> List.of(
                    SimplifyArithmetic::subtractZero,
                    SimplifyArithmetic::subtractFromZero,
                    SimplifyArithmetic::subtractNegated,
                    SimplifyArithmetic::subtractItself);
            case MUL -> List.of(
                    SimplifyArithmetic::orderOperands,
                    SimplifyArithmetic::multiplyByOne,
                    SimplifyArithmetic::multiplyByMinusOne,
                    SimplifyArithmetic::multiplyByZero,
                    SimplifyArithmetic::multiplyTwoConstants,
                    SimplifyArithmetic::multiplyNegated);
            case DIV -> List.of(
                    SimplifyArithmetic::divideByOne,
                    SimplifyArithmetic::divideByPowerOfTwo,
                    SimplifyArithmetic::divideOneByRoot,
                    SimplifyArithmetic::divideNegated);
            case FLOORDIV -> List.of(SimplifyArithmetic::divideByOne);
            case MIN, MAX -> List.of(SimplifyArithmetic::orderIntegers, SimplifyArithmetic::takeEither);
            case POW -> List.of(SimplifyArithmetic::raiseToConstant);
            case NEG -> List.of(SimplifyArithmetic::negateTwice, SimplifyArithmetic::negateDifference);
            case ABS -> List.of(SimplifyArithmetic::dropSign);
            case SIGN, FLOOR, CEIL, ROUND -> List.of(SimplifyArithmetic::applyOnce);
            case MOD, FMA, SQRT, RSQRT, EXP, LOG, LOG1P, EXPM1, TANH, ERF, SIN, COS -> List.of();
            case LT, LE, EQ, NE, AND, OR, NOT, SELECT, TO_F32, TO_I32, TO_BOOL -> SimplifyConditions.rules(op);
        };
    }

    /// a ⊕ b = b ⊕ a: constants stand second, else the older node first, so that equal values meet.
    static @Nullable Node orderOperands(Rewriter to, Node node) {
        var a = node.input(0);
        var b = node.input(1);
        boolean first = a.form() instanceof Form.Constant;
        boolean second = b.form() instanceof Form.Constant;
        boolean swapped = first == second ? b.id() < a.id() : first;
        return swapped && node.form() instanceof Form.Elementwise(var op) ? to.apply(op, b, a) : null;
    }

    /// min(a, b) = min(b, a), and max, of whole numbers: of floats the first one's NaN counts.
    private static @Nullable Node orderIntegers(Rewriter to, Node node) {
        return isFloat(node) ? null : orderOperands(to, node);
    }

    /// x + 0 = x.
    private static @Nullable Node addZero(Rewriter to, Node node) {
        return is(node.input(1), 0) ? node.input(0) : null;
    }

    /// a + (-b) = a - b.
    private static @Nullable Node addNegated(Rewriter to, Node node) {
        return is(node.input(1), Ops.NEG) ? to.apply(Ops.SUB, node.input(0), node.input(1).input(0)) : null;
    }

    /// (-a) + b = b - a.
    private static @Nullable Node addNegativeFirst(Rewriter to, Node node) {
        return is(node.input(0), Ops.NEG) ? to.apply(Ops.SUB, node.input(1), node.input(0).input(0)) : null;
    }

    /// x - 0 = x.
    private static @Nullable Node subtractZero(Rewriter to, Node node) {
        return is(node.input(1), 0) ? node.input(0) : null;
    }

    /// 0 - x = -x.
    private static @Nullable Node subtractFromZero(Rewriter to, Node node) {
        return is(node.input(0), 0) ? to.apply(Ops.NEG, node.input(1)) : null;
    }

    /// a - (-b) = a + b.
    private static @Nullable Node subtractNegated(Rewriter to, Node node) {
        return is(node.input(1), Ops.NEG) ? to.apply(Ops.ADD, node.input(0), node.input(1).input(0)) : null;
    }

    /// x - x = 0, of whole numbers.
    private static @Nullable Node subtractItself(Rewriter to, Node node) {
        return !isFloat(node) && node.input(0) == node.input(1) ? to.fill(node.type(), 0) : null;
    }

    /// x · 1 = x.
    private static @Nullable Node multiplyByOne(Rewriter to, Node node) {
        return is(node.input(1), 1) ? node.input(0) : null;
    }

    /// x · -1 = -x.
    private static @Nullable Node multiplyByMinusOne(Rewriter to, Node node) {
        return is(node.input(1), -1) ? to.apply(Ops.NEG, node.input(0)) : null;
    }

    /// x · 0 = 0, of whole numbers.
    private static @Nullable Node multiplyByZero(Rewriter to, Node node) {
        return !isFloat(node) && is(node.input(1), 0) ? node.input(1) : null;
    }

    /// (x · c) · d = x · (c · d), where c · d neither overflows nor loses digits to underflow.
    private static @Nullable Node multiplyTwoConstants(Rewriter to, Node node) {
        var inner = node.input(0);
        if (isUniform(node.input(1)) && is(inner, Ops.MUL) && isUniform(inner.input(1))) {
            var product = to.apply(Ops.MUL, inner.input(1), node.input(1));
            if (product.form() instanceof Form.Constant constant
                    && (!isFloat(node) || isOrdinary(constant.value(0)))) {
                return to.apply(Ops.MUL, inner.input(0), product);
            }
        }
        return null;
    }

    private static boolean isOrdinary(double value) {
        double size = Math.abs(value);
        return size >= Float.MIN_NORMAL && size <= Float.MAX_VALUE;
    }

    /// (-a) · (-b) = a · b and (-a) · c = a · (-c), for a constant c.
    private static @Nullable Node multiplyNegated(Rewriter to, Node node) {
        var a = node.input(0);
        var b = node.input(1);
        if (!is(a, Ops.NEG) || !(is(b, Ops.NEG) || isUniform(b))) {
            return null;
        }
        return to.apply(Ops.MUL, a.input(0), is(b, Ops.NEG) ? b.input(0) : to.apply(Ops.NEG, b));
    }

    /// x / 1 = x.
    private static @Nullable Node divideByOne(Rewriter to, Node node) {
        return is(node.input(1), 1) ? node.input(0) : null;
    }

    /// x / c = x · (1 / c), where 1 / c is exact: other quotients would round twice.
    private static @Nullable Node divideByPowerOfTwo(Rewriter to, Node node) {
        if (node.input(1).form() instanceof Form.Constant constant && constant.isUniform()) {
            float divisor = (float) constant.value(0);
            float inverse = 1 / divisor;
            if (Math.scalb(1f, Math.getExponent(divisor)) == Math.abs(divisor) && isOrdinary(inverse)) {
                return to.apply(Ops.MUL, node.input(0), to.fill(node.type(), inverse));
            }
        }
        return null;
    }

    /// 1 / √x = rsqrt(x).
    private static @Nullable Node divideOneByRoot(Rewriter to, Node node) {
        return is(node.input(0), 1) && is(node.input(1), Ops.SQRT)
                ? to.apply(Ops.RSQRT, node.input(1).input(0))
                : null;
    }

    /// (-a) / (-b) = a / b, (-a) / c = a / (-c) and c / (-b) = (-c) / b, for a constant c.
    private static @Nullable Node divideNegated(Rewriter to, Node node) {
        var a = node.input(0);
        var b = node.input(1);
        if ((is(a, Ops.NEG) && (is(b, Ops.NEG) || isUniform(b))) || (isUniform(a) && is(b, Ops.NEG))) {
            return to.apply(Ops.DIV, to.apply(Ops.NEG, a), to.apply(Ops.NEG, b));
        }
        return null;
    }

    /// min(x, x) = x, and max.
    private static @Nullable Node takeEither(Rewriter to, Node node) {
        return node.input(0) == node.input(1) ? node.input(0) : null;
    }

    /// x⁰ = 1, x¹ = x, x² = x · x, x³ = x · x · x, x⁻¹ = 1 / x, x⁻² = 1 / (x · x), x^½ = √x, x^-½ = 1 / √x.
    private static @Nullable Node raiseToConstant(Rewriter to, Node node) {
        if (!(node.input(1).form() instanceof Form.Constant constant && constant.isUniform())) {
            return null;
        }
        var x = node.input(0);
        double power = constant.value(0);
        if (power == 0) {
            return to.fill(node.type(), 1);
        } else if (power == 1) {
            return x;
        } else if (power == 2) {
            return to.apply(Ops.MUL, x, x);
        } else if (power == 3) {
            return to.apply(Ops.MUL, to.apply(Ops.MUL, x, x), x);
        } else if (power == -1) {
            return to.apply(Ops.DIV, to.fill(node.type(), 1), x);
        } else if (power == -2) {
            return to.apply(Ops.DIV, to.fill(node.type(), 1), to.apply(Ops.MUL, x, x));
        } else if (power == 0.5) {
            return to.apply(Ops.SQRT, x);
        } else if (power == -0.5) {
            return to.apply(Ops.RSQRT, x);
        }
        return null;
    }

    /// -(-x) = x.
    private static @Nullable Node negateTwice(Rewriter to, Node node) {
        return is(node.input(0), Ops.NEG) ? node.input(0).input(0) : null;
    }

    /// -(a - b) = b - a.
    private static @Nullable Node negateDifference(Rewriter to, Node node) {
        var x = node.input(0);
        return is(x, Ops.SUB) ? to.apply(Ops.SUB, x.input(1), x.input(0)) : null;
    }

    /// |-x| = |x| and ||x|| = |x|.
    private static @Nullable Node dropSign(Rewriter to, Node node) {
        var x = node.input(0);
        return is(x, Ops.NEG) || is(x, Ops.ABS) ? to.apply(Ops.ABS, x.input(0)) : null;
    }

    /// f(f(x)) = f(x).
    private static @Nullable Node applyOnce(Rewriter to, Node node) {
        return node.input(0).form().equals(node.form()) ? node.input(0) : null;
    }
}
