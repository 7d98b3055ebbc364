package org.nnlang.runtime.program;

import java.util.List;
import java.util.stream.Collectors;

/// An integer known once sizes are: a polynomial over the image's symbols, plus, where `buffer` is not negative, the
/// place of that buffer in its segment. Loop bounds, strides, offsets and FLOP counts are extents.
///
/// @param buffer an index into the image's buffers, or -1
/// @param terms summed; none is zero
public record Extent(int buffer, List<Term> terms) {
    public Extent {
        terms = List.copyOf(terms);
    }

    /// numerator / denominator · the product of the symbols, each named as often as its power.
    public record Term(long numerator, long denominator, List<Integer> symbols) {
        public Term {
            if (denominator < 1) {
                throw new IllegalArgumentException("a denominator of " + denominator);
            }
            symbols = List.copyOf(symbols);
        }

        String toString(List<String> names) {
            String product = symbols.stream().map(names::get).collect(Collectors.joining("*"));
            String number = numerator + (denominator == 1 ? "" : "/" + denominator);
            return product.isEmpty() ? number : number.equals("1") ? product : number + "*" + product;
        }
    }

    /// A number that depends on nothing.
    public static Extent of(long value) {
        return new Extent(-1, value == 0 ? List.of() : List.of(new Term(value, 1, List.of())));
    }

    /// The polynomial's value, without the buffer's place.
    ///
    /// @throws ArithmeticException where it is no whole number, or too large
    public long evaluate(long[] symbols) {
        long common = 1;
        for (Term term : terms) {
            common = Math.multiplyExact(common, term.denominator() / gcd(common, term.denominator()));
        }
        long sum = 0;
        for (Term term : terms) {
            long product = Math.multiplyExact(term.numerator(), common / term.denominator());
            for (int symbol : term.symbols()) {
                product = Math.multiplyExact(product, symbols[symbol]);
            }
            sum = Math.addExact(sum, product);
        }
        if (sum % common != 0) {
            throw new ArithmeticException("the size " + sum + "/" + common + " is not a whole number");
        }
        return sum / common;
    }

    /// The polynomial as text, such as `4*n + 1`.
    ///
    /// @param symbols their names
    public String toString(List<String> symbols) {
        return terms.isEmpty()
                ? "0"
                : terms.stream().map(term -> term.toString(symbols)).collect(Collectors.joining(" + "));
    }

    private static long gcd(long a, long b) {
        return b == 0 ? a : gcd(b, a % b);
    }
}
