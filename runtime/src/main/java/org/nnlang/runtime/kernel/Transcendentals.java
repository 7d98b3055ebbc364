package org.nnlang.runtime.kernel;

import org.nnlang.runtime.kernel.SequenceBuilder.F;
import org.nnlang.runtime.kernel.SequenceBuilder.I;
import org.nnlang.runtime.kernel.SequenceBuilder.M;

/// The one definition of each transcendental function: what [Scalars], [VectorMath], fused tiles and generated
/// bytecode all compute, bit for bit.
///
/// Polynomials are those of Moshier's Cephes library (single precision) and Juffa's `erff`, evaluated with fused
/// multiply-adds; ranges are clamped by compare and blend. NaN gives NaN. Errors are stated in units in the last place
/// against double precision, and held by a test. `VectorOperators.EXP` and its kin are not used: they gave different
/// bits before and after C2 had compiled them.
public final class Transcendentals {
    /// eˣ, within 1.1 ulp, denormal results included.
    public static final Sequence EXP = exp();

    /// eˣ - 1, within 2 ulp.
    public static final Sequence EXPM1 = expm1();

    /// The natural logarithm, within 1 ulp; -∞ of zero, NaN of less.
    public static final Sequence LOG = log();

    /// log(1 + x), within 2 ulp.
    public static final Sequence LOG1P = log1p();

    /// The hyperbolic tangent, within 2.5 ulp.
    public static final Sequence TANH = tanh();

    /// The error function, within 1 ulp.
    public static final Sequence ERF = erf();

    /// The sine of radians, within 2 ulp; NaN beyond |x| = 2²⁰, where neighbouring floats are an eighth apart.
    public static final Sequence SIN = sinOrCos("sin", 0);

    /// The cosine of radians; otherwise as [#SIN].
    public static final Sequence COS = sinOrCos("cos", 1);

    /// x to the power of y as Java's `Math.pow` defines it, within 2 ulp where |y · log x| < 10, and 12 where the result is near the ends of the range.
    public static final Sequence POW = pow();

    /// 1.5 · 2²³: adding it rounds a float below 2²² to an integer, which then stands in the sum's lowest bits.
    private static final float MAGIC = 12582912f;

    private static final int MAGIC_BITS = 0x4B400000;
    private static final int ONE_BITS = 0x3F800000;
    private static final int SIGN_BIT = Integer.MIN_VALUE;

    /// log 2 in two parts. Fused multiply-adds make it unnecessary that the first be short.
    private static final float LN2_HIGH = 0.693147182464599609375f;

    private static final float LN2_LOW = -1.904654323148236e-9f;
    private static final float LOG2_E = 1.44269504088896341f;

    private Transcendentals() {}

    private static Sequence exp() {
        SequenceBuilder s = new SequenceBuilder("exp", 1);
        return s.build(expOfReduced(s, reduce(s, clamp(s, s.input(0), -105f, 100f))));
    }

    /// x = n · log 2 + rest with n an integer and |rest| ≤ log(2) / 2; n stands in the lowest bits of `shifted`.
    private record Reduced(F shifted, F rest) {}

    private static Reduced reduce(SequenceBuilder s, F x) {
        F shifted = s.fma(x, s.f(LOG2_E), s.f(MAGIC));
        F n = s.sub(shifted, s.f(MAGIC));
        F rest = s.fma(n, s.f(-LN2_HIGH), x);
        return new Reduced(shifted, s.fma(n, s.f(-LN2_LOW), rest));
    }

    /// e^rest - 1 by the polynomial of Cephes's `expf`.
    private static F expm1OfReduced(SequenceBuilder s, Reduced x) {
        F p = s.horner(
                x.rest,
                1.9875691500e-4,
                1.3981999507e-3,
                8.3334519073e-3,
                4.1665795894e-2,
                1.6666665459e-1,
                5.0000001201e-1);
        return s.fma(p, s.mul(x.rest, x.rest), x.rest);
    }

    /// 2ⁿ · e^rest for n from -150 to 144. 2ⁿ is applied as two factors, so that the result may overflow to infinity or be
    /// a denormal, rounded once.
    private static F expOfReduced(SequenceBuilder s, Reduced x) {
        F y = s.add(expm1OfReduced(s, x), s.f(1f));
        I exponent = s.sub(s.bits(x.shifted), s.i(MAGIC_BITS));
        I half = s.shr(exponent, 1);
        F first = s.value(s.add(s.shl(half, 23), s.i(ONE_BITS)));
        F second = s.value(s.add(s.shl(s.sub(exponent, half), 23), s.i(ONE_BITS)));
        return s.mul(s.mul(y, first), second);
    }

    /// 2ⁿ · (e^rest - 1) + (2ⁿ - 1), the second term exact; halved until the end, so that n = 128 is not too much.
    private static Sequence expm1() {
        SequenceBuilder s = new SequenceBuilder("expm1", 1);
        F x = clamp(s, s.input(0), -20f, 89f);
        Reduced reduced = reduce(s, x);
        F y = expm1OfReduced(s, reduced);
        I exponent = s.sub(s.bits(reduced.shifted), s.i(MAGIC_BITS + 1));
        F scale = s.value(s.add(s.shl(exponent, 23), s.i(ONE_BITS)));
        F half = s.fma(y, scale, s.sub(scale, s.f(0.5f)));
        F result = s.add(half, half);
        // Halving loses the last bit of a denormal, and the sum turns -0 into 0: there eˣ - 1 is x itself.
        return s.build(s.blend(s.lt(s.abs(x), s.f(1e-20f)), x, result));
    }

    private static Sequence log() {
        SequenceBuilder s = new SequenceBuilder("log", 1);
        F x = s.input(0);
        Logarithm parts = logarithm(s, x);
        F f = parts.fraction;
        F y = s.mul(s.mul(parts.polynomial, parts.square), f);
        y = s.fma(parts.exponent, s.f(LN2_LOW_SHORT), y);
        y = s.fma(parts.square, s.f(-0.5f), y);
        y = s.add(f, y);
        y = s.fma(parts.exponent, s.f(LN2_SHORT), y);
        return s.build(logSpecials(s, x, y));
    }

    /// log 2 as nine bits, so that its product with an exponent is exact, and the rest.
    private static final float LN2_SHORT = 0.693359375f;

    private static final float LN2_LOW_SHORT = -2.12194440e-4f;

    /// x = 2^exponent · (1 + fraction) with 1 + fraction in [√½, √2), as in Cephes's `logf`; then log(1 + f) = f -
    /// square / 2 + f · square · polynomial.
    private record Logarithm(F exponent, F fraction, F square, F polynomial) {}

    private static Logarithm logarithm(SequenceBuilder s, F x) {
        M denormal = s.lt(x, s.f(Float.MIN_NORMAL));
        F normal = s.blend(denormal, s.mul(x, s.f(0x1p23f)), x);
        I bits = s.bits(normal);
        // Subtracting √½'s bits makes the exponent field change at √½ and not at 1.
        I shifted = s.sub(bits, s.i(0x3F3504F3));
        I number = s.shr(shifted, 23);
        F fraction = s.sub(s.value(s.sub(bits, s.shl(number, 23))), s.f(1f));
        F exponent = s.sub(s.value(s.add(number, s.i(MAGIC_BITS))), s.blend(denormal, s.f(MAGIC + 23f), s.f(MAGIC)));
        F square = s.mul(fraction, fraction);
        F polynomial = s.horner(
                fraction,
                7.0376836292e-2,
                -1.1514610310e-1,
                1.1676998740e-1,
                -1.2420140846e-1,
                1.4249322787e-1,
                -1.6668057665e-1,
                2.0000714765e-1,
                -2.4999993993e-1,
                3.3333331174e-1);
        return new Logarithm(exponent, fraction, square, polynomial);
    }

    /// Infinity of infinity, -∞ of zero, NaN of what is not ≥ 0.
    private static F logSpecials(SequenceBuilder s, F x, F y) {
        y = s.blend(s.eq(x, s.f(Float.POSITIVE_INFINITY)), x, y);
        y = s.blend(s.eq(x, s.f(0f)), s.f(Float.NEGATIVE_INFINITY), y);
        return s.blend(s.le(s.f(0f), x), y, s.f(Float.NaN));
    }

    /// log u + (x - (u - 1)) / u for u = 1 + x rounded: the second term is what the rounding lost.
    private static Sequence log1p() {
        SequenceBuilder s = new SequenceBuilder("log1p", 1);
        F x = s.input(0);
        F u = s.add(x, s.f(1f));
        Logarithm parts = logarithm(s, u);
        F lost = s.div(s.sub(x, s.sub(u, s.f(1f))), u);
        F f = parts.fraction;
        F y = s.mul(s.mul(parts.polynomial, parts.square), f);
        y = s.fma(parts.exponent, s.f(LN2_LOW_SHORT), y);
        y = s.add(y, lost);
        y = s.fma(parts.square, s.f(-0.5f), y);
        y = s.add(f, y);
        y = s.fma(parts.exponent, s.f(LN2_SHORT), y);
        y = logSpecials(s, u, y);
        return s.build(s.blend(s.lt(s.abs(x), s.f(1e-10f)), x, y));
    }

    /// E / (E + 2) for E = e^2|x| - 1, with the sign of x: exact for small x without a case of its own. (The quotient of
    /// polynomials in Eigen's `generic_fast_tanh_float` takes three operations fewer and is wrong by up to 4.5 ulp.)
    private static Sequence tanh() {
        SequenceBuilder s = new SequenceBuilder("tanh", 1);
        F x = s.input(0);
        F size = s.abs(x);
        F clamped = s.blend(s.lt(s.f(10f), size), s.f(10f), size);
        F twice = s.add(clamped, clamped);
        Reduced reduced = reduce(s, twice);
        F y = expm1OfReduced(s, reduced);
        F scale = s.value(s.add(s.shl(s.sub(s.bits(reduced.shifted), s.i(MAGIC_BITS)), 23), s.i(ONE_BITS)));
        F e = s.fma(y, scale, s.sub(scale, s.f(1f)));
        F result = s.div(e, s.add(e, s.f(2f)));
        return s.build(s.value(s.xor(s.bits(result), s.and(s.bits(x), s.i(SIGN_BIT)))));
    }

    private static Sequence erf() {
        SequenceBuilder s = new SequenceBuilder("erf", 1);
        F x = s.input(0);
        F t = s.abs(x);
        F square = s.mul(x, x);
        // |x| ≥ 0.93: 1 - exp of a polynomial
        F high = s.fma(s.f(-1.72853470e-5f), t, s.f(3.83197126e-4f));
        F low = s.fma(s.f(-3.88396438e-3f), t, s.f(2.42546219e-2f));
        F r = s.fma(high, square, low);
        r = s.fma(r, t, s.f(-1.06777877e-1f));
        r = s.fma(r, t, s.f(-6.34846687e-1f));
        r = s.fma(r, t, s.f(-1.28717512e-1f));
        r = s.fma(r, t, s.sub(s.f(0f), t));
        r = s.blend(s.lt(r, s.f(-20f)), s.f(-20f), r);
        Reduced reduced = reduce(s, r);
        F scale = s.value(s.add(s.shl(s.sub(s.bits(reduced.shifted), s.i(MAGIC_BITS)), 23), s.i(ONE_BITS)));
        F far = s.sub(s.f(1f), s.mul(s.add(expm1OfReduced(s, reduced), s.f(1f)), scale));
        far = s.value(s.xor(s.bits(far), s.and(s.bits(x), s.i(SIGN_BIT))));
        // Below: an odd polynomial
        F near = s.horner(
                square,
                -5.96761703e-4,
                4.99119423e-3,
                -2.67681349e-2,
                1.12819925e-1,
                -3.76125336e-1,
                1.28379166e-1);
        near = s.fma(near, x, x);
        return s.build(s.blend(s.lt(t, s.f(0.927734375f)), near, far));
    }

    /// x = n · π/2 + r with π/2 in three parts; then ± sin r or ± cos r by the quadrant n mod 4, as in Cephes's `sinf`.
    private static Sequence sinOrCos(String name, int quadrant) {
        SequenceBuilder s = new SequenceBuilder(name, 1);
        F x = s.input(0);
        F shifted = s.fma(x, s.f(0.636619772367581343f), s.f(MAGIC));
        F n = s.sub(shifted, s.f(MAGIC));
        F r = s.fma(n, s.f(-1.57079637050628662109375f), x);
        r = s.fma(n, s.f(4.37113900018624283e-8f), r);
        r = s.fma(n, s.f(1.71512451e-15f), r);
        F square = s.mul(r, r);
        F sine = s.horner(square, -1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1);
        sine = s.fma(s.mul(sine, square), r, r);
        F cosine = s.horner(square, 2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2);
        cosine = s.fma(s.mul(cosine, square), square, s.fma(square, s.f(-0.5f), s.f(1f)));
        I place = s.bits(shifted);
        if (quadrant != 0) {
            place = s.add(place, s.i(quadrant));
        }
        M even = s.eq(s.and(place, s.i(1)), s.i(0));
        F y = s.blend(even, sine, cosine);
        I sign = s.shl(s.and(place, s.i(2)), 30);
        y = s.value(s.xor(s.bits(y), sign));
        return s.build(s.blend(s.le(s.abs(x), s.f(0x1p20f)), y, s.f(Float.NaN)));
    }

    /// exp(y · log |x|) with the logarithm and the product in two floats each, and the sign of an odd power.
    private static Sequence pow() {
        SequenceBuilder s = new SequenceBuilder("pow", 2);
        F x = s.input(0);
        F y = s.input(1);
        F base = s.abs(x);
        Logarithm parts = logarithm(s, base);
        F f = parts.fraction;
        F square = parts.square;
        F squareLow = s.fma(f, f, s.sub(s.f(0f), square));
        F polynomial = s.mul(s.mul(parts.polynomial, square), f);
        // f - square / 2 exactly, as first + second
        F halfSquare = s.mul(square, s.f(0.5f));
        F first = s.sub(f, halfSquare);
        F second = s.sub(s.sub(f, first), halfSquare);
        second = s.add(s.fma(squareLow, s.f(-0.5f), second), polynomial);
        // the exponent's part, exact but for LN2_LOW_SHORT's
        F big = s.mul(parts.exponent, s.f(LN2_SHORT));
        F sum = s.add(big, first);
        F rest = s.sub(first, s.sub(sum, big));
        rest = s.fma(parts.exponent, s.f(LN2_LOW_SHORT), s.add(rest, second));
        F high = s.add(sum, rest);
        F low = s.sub(rest, s.sub(high, sum));
        M zero = s.eq(base, s.f(0f));
        M infinite = s.eq(base, s.f(Float.POSITIVE_INFINITY));
        high = s.blend(zero, s.f(Float.NEGATIVE_INFINITY), s.blend(infinite, base, high));
        high = s.blend(s.le(base, s.f(Float.POSITIVE_INFINITY)), high, s.f(Float.NaN));
        // y · (high + low) as product + correction
        F product = s.mul(y, high);
        F correction = s.fma(y, low, s.fma(y, high, s.sub(s.f(0f), product)));
        F clamped = clamp(s, product, -105f, 100f);
        correction = s.blend(s.eq(clamped, product), correction, s.f(0f));
        Reduced reduced = reduce(s, clamped);
        F power = expOfReduced(s, new Reduced(reduced.shifted, s.add(reduced.rest, correction)));
        // a negative base: NaN unless y is an integer, the sign of x where it is odd
        F size = s.abs(y);
        F rounded = s.add(size, s.f(0x1p23f));
        M fractional = s.lt(size, s.f(0x1p23f));
        F integer = s.blend(fractional, s.sub(rounded, s.f(0x1p23f)), size);
        F parity = s.blend(fractional, rounded, size);
        I odd = s.shl(s.and(s.bits(s.blend(s.lt(size, s.f(0x1p24f)), parity, s.f(0f))), s.i(1)), 31);
        F signed = s.value(s.xor(s.bits(power), s.and(odd, s.bits(x))));
        M whole = s.eq(integer, size);
        F fractionalPower = s.blend(s.lt(x, s.f(0f)), s.blend(infinite, power, s.f(Float.NaN)), power);
        F result = s.blend(whole, signed, fractionalPower);
        return s.build(s.blend(s.eq(y, s.f(0f)), s.f(1f), result));
    }

    /// x between two bounds by compare and blend: NaN passes, and no lane takes Java's slow `min` and `max`.
    private static F clamp(SequenceBuilder s, F x, float low, float high) {
        F below = s.blend(s.lt(x, s.f(low)), s.f(low), x);
        return s.blend(s.lt(s.f(high), x), s.f(high), below);
    }
}
