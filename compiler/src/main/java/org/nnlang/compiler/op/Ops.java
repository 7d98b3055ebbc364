package org.nnlang.compiler.op;

import static org.nnlang.compiler.op.Declaration.at;
import static org.nnlang.compiler.op.Declaration.op;
import static org.nnlang.runtime.tensor.DType.BOOL;
import static org.nnlang.runtime.tensor.DType.F32;
import static org.nnlang.runtime.tensor.DType.I32;
import static org.nnlang.runtime.tensor.DType.U8;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.ir.ElementwiseOp;
import org.nnlang.runtime.fused.Opcode;

/// The elementwise operations, one declaration each. A new one is one more declaration, its line in [#ALL], and its
/// [Opcode] with the kernels that run it; what can be composed of these is written in the language instead.
///
/// In gradients `g` is the result's gradient and `y` the result.
public final class Ops {
    private Ops() {}

    /// a + b. Whole numbers wrap around.
    public static final ElementwiseOp ADD = op("add", Opcode.ADD)
            .floating((a, b) -> a + b)
            .integer((a, b) -> a + b)
            .gradient((g, a, b, y) -> g, (g, a, b, y) -> g)
            .samples(-3, 0, 0.5, 2);

    /// a - b. Whole numbers wrap around.
    public static final ElementwiseOp SUB = op("sub", Opcode.SUB)
            .floating((a, b) -> a - b)
            .integer((a, b) -> a - b)
            .gradient((g, a, b, y) -> g, (g, a, b, y) -> g.negate())
            .samples(-3, 0, 0.5, 2);

    /// a · b. Whole numbers wrap around.
    public static final ElementwiseOp MUL = op("mul", Opcode.MUL)
            .floating((a, b) -> a * b)
            .integer((a, b) -> a * b)
            .gradient((g, a, b, y) -> g.times(b), (g, a, b, y) -> g.times(a))
            .samples(-3, 0, 0.5, 2);

    /// a / b.
    public static final ElementwiseOp DIV = op("div", Opcode.DIV)
            .floating((a, b) -> a / b)
            .gradient((g, a, b, y) -> g.over(b), (g, a, b, y) -> g.times(y).over(b).negate())
            .edges(0)
            .samples(at(-3, 0, 0.5, 2), at(-2, 0.5, 4));

    /// ⌊a / b⌋ of whole numbers, and 0 for b = 0.
    public static final ElementwiseOp FLOORDIV = op("floordiv", Opcode.FLOORDIV)
            .integer((a, b) -> b == 0 ? 0 : Math.floorDiv(a, b))
            .noGradient()
            .edges(0, Integer.MIN_VALUE)
            .samples(-7, -2, -1, 1, 3, 7);

    /// a - b · ⌊a / b⌋, which has the sign of b; of whole numbers 0 for b = 0.
    public static final ElementwiseOp MOD = op("mod", Opcode.MOD)
            .floating((a, b) -> a - b * Math.floor(a / b))
            .integer((a, b) -> b == 0 ? 0 : Math.floorMod(a, b))
            .gradient((g, a, b, y) -> g, (g, a, b, y) -> g.times(a.over(b).floor()).negate())
            .edges(0, 6)
            .samples(at(-7.4, -1, 0.25, 4), at(-3, 0.7, 3));

    /// The smaller one; a where either is NaN. Where they are equal, the gradient goes to b.
    public static final ElementwiseOp MIN = op("min", Opcode.MIN)
            .floating((a, b) -> b < a ? b : a)
            .integer(Math::min)
            .gradient((g, a, b, y) -> a.lessThan(b).choose(g, 0), (g, a, b, y) -> a.lessThan(b).choose(0, g))
            .edges(0, 1)
            .samples(at(-3, 0, 0.5, 2), at(-2, 0.25, 4));

    /// The greater one; a where either is NaN. Where they are equal, the gradient goes to b, so max(x, 0) has none at 0.
    public static final ElementwiseOp MAX = op("max", Opcode.MAX)
            .floating((a, b) -> a < b ? b : a)
            .integer(Math::max)
            .gradient((g, a, b, y) -> a.greaterThan(b).choose(g, 0), (g, a, b, y) -> a.greaterThan(b).choose(0, g))
            .edges(0, 1)
            .samples(at(-3, 0, 0.5, 2), at(-2, 0.25, 4));

    /// a to the power of b. The gradient of b is taken as zero where a ≤ 0, where only whole b have a power; that of a
    /// is zero for b = 0.
    public static final ElementwiseOp POW = op("pow", Opcode.POW)
            .floating(Math::pow)
            .gradient(
                    (g, a, b, y) -> g.times(b).times(a.equalTo(0).and(b.equalTo(0)).choose(1, a).pow(b.minus(1))),
                    (g, a, b, y) -> g.times(y).times(a.greaterThan(0).choose(a, 1).log()))
            .edges(-2, 0, 1)
            .samples(at(0.25, 1, 3), at(-2, -0.5, 0, 1, 2, 2.5));

    /// a · b + c, rounded once.
    public static final ElementwiseOp FMA = op("fma", Opcode.FMA)
            .meaning(F32, x -> Math.fma(x[0], x[1], x[2]), F32, F32, F32)
            .gradient((g, a, b, c) -> g.times(b), (g, a, b, c) -> g.times(a), (g, a, b, c) -> g)
            .samples(-3, 0, 0.5, 2);

    /// -x. Whole numbers wrap around.
    public static final ElementwiseOp NEG = op("neg", Opcode.NEG)
            .floating(x -> -x)
            .integer(x -> -x)
            .gradient((g, x, y) -> g.negate())
            .samples(-3, 0, 0.5, 2);

    /// |x|. Its gradient at 0 is 0.
    public static final ElementwiseOp ABS = op("abs", Opcode.ABS)
            .floating(Math::abs)
            .integer(Math::abs)
            .gradient((g, x, y) -> g.times(x.sign()))
            .edges(0)
            .samples(-3, -0.5, 0.5, 2);

    /// -1, 0 or 1, as x is negative, zero or positive.
    public static final ElementwiseOp SIGN = op("sign", Opcode.SIGN)
            .floating(Math::signum)
            .integer(Integer::signum)
            .noGradient()
            .edges(0)
            .samples(-3, -0.5, 0.5, 2);

    /// √x.
    public static final ElementwiseOp SQRT = op("sqrt", Opcode.SQRT)
            .floating(Math::sqrt)
            .gradient((g, x, y) -> g.times(0.5).over(y))
            .edges(-1, 0)
            .samples(0.01, 0.5, 1, 4, 100);

    /// 1 / √x.
    public static final ElementwiseOp RSQRT = op("rsqrt", Opcode.RSQRT)
            .floating(x -> 1 / Math.sqrt(x))
            .gradient((g, x, y) -> g.times(y).times(y).times(y).times(-0.5))
            .edges(-1, 0)
            .samples(0.05, 0.5, 1, 4, 100);

    /// eˣ.
    public static final ElementwiseOp EXP = op("exp", Opcode.EXP)
            .floating(Math::exp)
            .gradient((g, x, y) -> g.times(y))
            .edges(-104, -87.5, 88.5, 89)
            .samples(-20, -1, 0, 0.5, 3);

    /// The natural logarithm.
    public static final ElementwiseOp LOG = op("log", Opcode.LOG)
            .floating(Math::log)
            .gradient((g, x, y) -> g.over(x))
            .edges(-1, 0, 1e-40, 1e-38, 3e38)
            .samples(0.01, 0.5, 1, 4, 100);

    /// log(1 + x), exact for small x.
    public static final ElementwiseOp LOG1P = op("log1p", Opcode.LOG1P)
            .floating(Math::log1p)
            .gradient((g, x, y) -> g.over(x.plus(1)))
            .edges(-2, -1, 1e-30, -1e-7, 1e30)
            .samples(-0.9, -1e-3, 0, 1e-3, 0.5, 4);

    /// eˣ - 1, exact for small x.
    public static final ElementwiseOp EXPM1 = op("expm1", Opcode.EXPM1)
            .floating(Math::expm1)
            .gradient((g, x, y) -> g.times(y.plus(1)))
            .edges(-104, 1e-30, -1e-7, 88.5, 89)
            .samples(-20, -1, -1e-3, 0, 1e-3, 0.5, 3);

    /// The hyperbolic tangent.
    public static final ElementwiseOp TANH = op("tanh", Opcode.TANH)
            .floating(Math::tanh)
            .gradient((g, x, y) -> g.times(y.like(1).minus(y.times(y))))
            .edges(-100, -9, 1e-30, 9, 100)
            .samples(-3, -0.5, 0, 1e-3, 2);

    /// The error function, 2/√π · ∫₀ˣ exp(-t²) dt.
    public static final ElementwiseOp ERF = op("erf", Opcode.ERF)
            .floating(ErrorFunction::erf)
            .gradient((g, x, y) -> g.times(x.times(x).negate().exp()).times(2 / Math.sqrt(Math.PI)))
            .edges(-100, -4, 1e-30, 4, 100)
            .samples(-3, -0.5, 0, 1e-3, 2);

    /// The sine of radians.
    public static final ElementwiseOp SIN = op("sin", Opcode.SIN)
            .floating(Math::sin)
            .gradient((g, x, y) -> g.times(x.cos()))
            .edges(-1000, 1e-30, 1000)
            .samples(-10, -1.5, 0, 0.75, 3);

    /// The cosine of radians.
    public static final ElementwiseOp COS = op("cos", Opcode.COS)
            .floating(Math::cos)
            .gradient((g, x, y) -> g.times(x.sin()).negate())
            .edges(-1000, 1e-30, 1000)
            .samples(-10, -1.5, 0, 0.75, 3);

    /// The greatest whole number that is not above x.
    public static final ElementwiseOp FLOOR = op("floor", Opcode.FLOOR)
            .floating(Math::floor)
            .noGradient()
            .edges(-1, -0.5, 0, 1, 8388609, 3e9)
            .samples(-2.75, -0.25, 0.5, 3.5);

    /// The smallest whole number that is not below x.
    public static final ElementwiseOp CEIL = op("ceil", Opcode.CEIL)
            .floating(Math::ceil)
            .noGradient()
            .edges(-1, -0.5, 0, 1, 8388609, 3e9)
            .samples(-2.75, -0.25, 0.5, 3.5);

    /// The nearest whole number, the even one of two.
    public static final ElementwiseOp ROUND = op("round", Opcode.ROUND)
            .floating(Math::rint)
            .noGradient()
            .edges(-2.5, -1.5, -0.5, 0.5, 1.5, 8388609, 3e9)
            .samples(-2.75, -0.25, 0.25, 3.75);

    /// a < b; false where either is NaN.
    public static final ElementwiseOp LT = op("lt", Opcode.LT)
            .compares((a, b) -> a < b, F32, I32)
            .noGradient()
            .edges(0, 1)
            .samples(at(-3, 0, 2), at(-2, 1, 4));

    /// a ≤ b; false where either is NaN.
    public static final ElementwiseOp LE = op("le", Opcode.LE)
            .compares((a, b) -> a <= b, F32, I32)
            .noGradient()
            .edges(0, 1)
            .samples(at(-3, 0, 2), at(-2, 1, 4));

    /// a = b; false where either is NaN.
    public static final ElementwiseOp EQ = op("eq", Opcode.EQ)
            .compares((a, b) -> a == b, F32, I32, BOOL)
            .noGradient()
            .edges(0, 1)
            .samples(at(-3, 0, 2), at(-2, 1, 4));

    /// a ≠ b; true where either is NaN.
    public static final ElementwiseOp NE = op("ne", Opcode.NE)
            .compares((a, b) -> a != b, F32, I32, BOOL)
            .noGradient()
            .edges(0, 1)
            .samples(at(-3, 0, 2), at(-2, 1, 4));

    /// Both hold.
    public static final ElementwiseOp AND = op("and", Opcode.AND)
            .logical((a, b) -> a && b)
            .noGradient()
            .samples(0, 1);

    /// Either holds.
    public static final ElementwiseOp OR = op("or", Opcode.OR)
            .logical((a, b) -> a || b)
            .noGradient()
            .samples(0, 1);

    /// It does not hold.
    public static final ElementwiseOp NOT = op("not", Opcode.NOT)
            .meaning(BOOL, x -> 1 - x[0], BOOL)
            .noGradient()
            .samples(0, 1);

    /// a where the condition c holds, else b. The side not taken gets an exact zero as gradient.
    public static final ElementwiseOp SELECT = op("select", Opcode.SELECT)
            .meaning(F32, x -> x[0] != 0 ? x[1] : x[2], BOOL, F32, F32)
            .meaning(I32, x -> x[0] != 0 ? x[1] : x[2], BOOL, I32, I32)
            .meaning(BOOL, x -> x[0] != 0 ? x[1] : x[2], BOOL, BOOL, BOOL)
            .gradientOfBranches((g, c, a, b) -> c.choose(g, 0), (g, c, a, b) -> c.choose(0, g))
            .samples(at(0, 1), at(-3, 0, 2), at(-2, 1, 4));

    /// As f32; a bool becomes 0 or 1.
    public static final ElementwiseOp TO_F32 = op("f32", Opcode.TO_F32)
            .casts(F32, x -> (float) x, I32, BOOL, U8)
            .noGradient()
            .edges(16777217, Integer.MIN_VALUE)
            .samples(0, 1, 3, 200);

    /// As i32, towards zero and to the nearest one there is; NaN becomes 0, a bool 0 or 1.
    public static final ElementwiseOp TO_I32 = op("i32", Opcode.TO_I32)
            .casts(I32, x -> (int) x, F32, BOOL, U8)
            .noGradient()
            .edges(-2.5, -1, 1, 3e9, -3e9)
            .samples(-2.75, -0.25, 0.5, 3.5);

    /// Whether it is not zero; NaN is not.
    public static final ElementwiseOp TO_BOOL = op("bool", Opcode.TO_BOOL)
            .casts(BOOL, x -> x != 0 ? 1 : 0, F32, I32, U8)
            .noGradient()
            .edges(0)
            .samples(-3, 0.5, 2);

    /// Every operation.
    public static final List<ElementwiseOp> ALL = List.of(
            ADD, SUB, MUL, DIV, FLOORDIV, MOD, MIN, MAX, POW, FMA, NEG, ABS, SIGN, SQRT, RSQRT, EXP, LOG, LOG1P, EXPM1,
            TANH, ERF, SIN, COS, FLOOR, CEIL, ROUND, LT, LE, EQ, NE, AND, OR, NOT, SELECT, TO_F32, TO_I32, TO_BOOL);

    private static final Map<String, ElementwiseOp> BY_NAME = ALL.stream()
            .collect(Collectors.toUnmodifiableMap(ElementwiseOp::name, Function.identity()));

    /// The operation that IR prints as `name`, null where there is none.
    public static @Nullable ElementwiseOp named(String name) {
        return BY_NAME.get(name);
    }
}
