package org.nnlang.compiler.ir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class DimTest {
    private static final Map<String, Long> SIZES = Map.of("b", 6L, "d", 10L, "t", 15L);
    private static final Dim B = Dim.symbol("b");
    private static final Dim D = Dim.symbol("d");
    private static final Dim T = Dim.symbol("t");

    @Provide
    Arbitrary<Dim> dims() {
        var term = Combinators.combine(
                Arbitraries.integers().between(-4, 4),
                Arbitraries.of(B, D, T).list().ofMaxSize(3))
                .as((factor, symbols) -> Dim.product(symbols).times(factor));
        return term.list().ofMaxSize(4).map(terms -> terms.stream().reduce(Dim.ZERO, Dim::plus));
    }

    @Property(tries = 300)
    void arithmeticIsThatOfNumbers(@ForAll("dims") Dim x, @ForAll("dims") Dim y) {
        assertEquals(x.evaluate(SIZES) + y.evaluate(SIZES), x.plus(y).evaluate(SIZES));
        assertEquals(x.evaluate(SIZES) - y.evaluate(SIZES), x.minus(y).evaluate(SIZES));
        assertEquals(x.evaluate(SIZES) * y.evaluate(SIZES), x.times(y).evaluate(SIZES));
    }

    @Example
    void theLeastNumberIsPrinted() {
        assertEquals("-9223372036854775808", Dim.of(Long.MIN_VALUE).toString());
        assertEquals("t - 9223372036854775808", T.plus(Long.MIN_VALUE).toString());
    }

    @Example
    void powersOfASumEnd() {
        Dim sum = B.plus(D).plus(T).plus(1);
        Dim power = sum;
        for (int i = 0; i < 9; i++) {
            power = power.times(sum);
        }
        assertEquals(286, power.monomials().size());
        Dim large = power;
        assertThrows(ArithmeticException.class, () -> large.times(large));
        assertThrows(ArithmeticException.class, () -> Dim.product(java.util.Collections.nCopies(1001, B)));
    }

    @Property(tries = 300)
    void dimsFormARing(@ForAll("dims") Dim x, @ForAll("dims") Dim y, @ForAll("dims") Dim z) {
        assertEquals(x.plus(y), y.plus(x));
        assertEquals(x.times(y), y.times(x));
        assertEquals(x.plus(y).plus(z), x.plus(y.plus(z)));
        assertEquals(x.times(y).times(z), x.times(y.times(z)));
        assertEquals(x.times(y.plus(z)), x.times(y).plus(x.times(z)));
        assertEquals(Dim.ZERO, x.minus(x));
        assertEquals(x.hashCode(), x.plus(y).minus(y).hashCode());
    }

    @Property(tries = 300)
    void aProductDividesByItsFactors(@ForAll("dims") Dim x, @ForAll("dims") Dim y) {
        if (y.isZero()) {
            assertEquals(Optional.empty(), x.dividedBy(y));
        } else {
            assertEquals(Optional.of(x), x.times(y).dividedBy(y));
            x.dividedBy(y).ifPresent(quotient -> assertEquals(x, quotient.times(y)));
        }
    }

    @Property(tries = 300)
    void whatIsPrintedReadsBack(@ForAll("dims") Dim x, @ForAll("dims") Dim y) {
        assertEquals(x, new IrScanner(x.toString()).dim());
        var halves = x.plus(y.dividedBy(Dim.of(12)).orElseThrow());
        assertEquals(halves, new IrScanner(halves.toString()).dim());
    }

    @Property(tries = 300)
    void substitutionIsEvaluationInSteps(@ForAll("dims") Dim x, @ForAll("dims") Dim y) {
        var value = y.evaluate(SIZES);
        var substituted = x.substitute(name -> name.equals("b") ? y : Dim.symbol(name));
        assertEquals(x.evaluate(Map.of("b", value, "d", 10L, "t", 15L)), substituted.evaluate(SIZES));
    }

    @Example
    void theyPrintAsTheLanguageWritesThem() {
        assertEquals("4*d + 1", D.times(4).plus(1).toString());
        assertEquals("b*t^2 - 1/2*t", B.times(T).times(T).minus(T.dividedBy(Dim.of(2)).orElseThrow()).toString());
        assertEquals("-d - 3", D.negate().minus(3).toString());
        assertEquals("0", D.minus(D).toString());
        assertEquals("2/3", Dim.of(2).dividedBy(Dim.of(3)).orElseThrow().toString());
    }

    @Example
    void divisionIsExact() {
        assertEquals(Optional.of(T), B.times(T).dividedBy(B));
        assertEquals(Optional.of(B.plus(1)), B.times(B).minus(1).dividedBy(B.minus(1)));
        assertEquals(Optional.empty(), B.plus(1).dividedBy(B));
        assertEquals(Optional.of(Dim.of(-3)), Dim.of(6).dividedBy(Dim.of(-2)));
        var half = B.dividedBy(Dim.of(2)).orElseThrow();
        assertFalse(half.isWhole());
        assertEquals(3, half.evaluate(SIZES));
        assertEquals(B, half.times(2));
        var error = assertThrows(ArithmeticException.class, () -> half.evaluate(Map.of("b", 7L)));
        assertEquals("`1/2*b` is not a whole number for {b=7}", error.getMessage());
        // A sum of fractions may still be whole.
        assertEquals(21, B.times(B.plus(1)).dividedBy(Dim.of(2)).orElseThrow().evaluate(SIZES));
    }

    @Example
    void constantsAreTheirNumbers() {
        assertSame(Dim.of(128), Dim.of(64).plus(64));
        assertEquals(Dim.of(5000), Dim.of(2500).times(2));
        assertTrue(Dim.of(5000).is(5000));
        assertFalse(B.is(5000));
        assertFalse(Dim.ONE.dividedBy(Dim.of(2)).orElseThrow().isConstant());
        assertThrows(IllegalStateException.class, B::constant);
        assertThrows(ArithmeticException.class, () -> Dim.of(Long.MAX_VALUE).plus(1));
    }

    @Example
    void itsPartsCanBeTakenOut() {
        assertEquals(Optional.of(new Dim.Linear(Dim.of(4), D.plus(1))), B.times(4).plus(D).plus(1).linear("b"));
        assertEquals(Optional.empty(), B.times(D).linear("b"));
        assertEquals(Optional.empty(), D.linear("b"));
        assertEquals(Optional.of("b"), B.symbolName());
        assertEquals(Optional.empty(), B.times(2).symbolName());
        assertEquals(Set.of("b", "t"), B.times(T).plus(B).symbols());
        assertEquals(
                List.of(new Dim.Monomial(4, 1, List.of("d", "d")), new Dim.Monomial(-1, 2, List.of())),
                D.times(D).times(4).minus(Dim.ONE.dividedBy(Dim.of(2)).orElseThrow()).monomials());
    }
}
