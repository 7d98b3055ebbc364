package org.nnlang.compiler.ir;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/// A dimension: a polynomial with rational coefficients over symbols such as `batch`, in canonical form, so that two
/// dimensions are equal exactly when they are equal for all sizes.
///
/// A coefficient that is not whole, as in `1/2*t`, stands for an exact division; [#evaluate] checks that it was one.
/// All arithmetic throws [ArithmeticException] when a coefficient leaves the range of `long`, or when there are more terms
/// or more symbols in one than any program has: a power of a sum grows without end.
public final class Dim {
    /// How many terms a dimension has at most, and a term how many symbols.
    private static final int MOST = 1000;

    private static final Dim[] SMALL = small();

    public static final Dim ZERO = of(0);
    public static final Dim ONE = of(1);

    /// Highest degree first, then alphabetical; no coefficient is zero.
    private final List<Term> terms;

    private final int hash;

    private Dim(List<Term> terms) {
        this.terms = terms;
        this.hash = terms.hashCode();
    }

    /// One product: a rational coefficient in lowest terms (`denominator` > 0) times its symbols, sorted, repeated for
    /// powers.
    private record Term(long numerator, long denominator, List<String> symbols) implements Comparable<Term> {
        static Term of(long numerator, long denominator, List<String> symbols) {
            if (denominator == 1) {
                return new Term(numerator, 1, symbols);
            }
            var n = BigInteger.valueOf(numerator);
            var d = BigInteger.valueOf(denominator);
            var divisor = n.gcd(d).multiply(BigInteger.valueOf(d.signum()));
            return new Term(n.divide(divisor).longValueExact(), d.divide(divisor).longValueExact(), symbols);
        }

        Term times(Term other) {
            List<String> product;
            if (other.symbols.isEmpty()) {
                product = symbols;
            } else if (symbols.isEmpty()) {
                product = other.symbols;
            } else {
                var all = new ArrayList<>(symbols);
                all.addAll(other.symbols);
                requireFew(all.size());
                Collections.sort(all);
                product = List.copyOf(all);
            }
            if (denominator == 1 && other.denominator == 1) {
                return new Term(Math.multiplyExact(numerator, other.numerator), 1, product);
            }
            // Cross-cancelled first, so that nothing overflows that need not.
            var first = of(numerator, other.denominator, product);
            var second = of(other.numerator, denominator, product);
            return new Term(
                    Math.multiplyExact(first.numerator, second.numerator),
                    Math.multiplyExact(first.denominator, second.denominator),
                    product);
        }

        Term plus(Term other) {
            if (denominator == 1 && other.denominator == 1) {
                return new Term(Math.addExact(numerator, other.numerator), 1, symbols);
            }
            return of(
                    Math.addExact(
                            Math.multiplyExact(numerator, other.denominator),
                            Math.multiplyExact(other.numerator, denominator)),
                    Math.multiplyExact(denominator, other.denominator),
                    symbols);
        }

        /// Highest degree first, then alphabetical; equal for like terms.
        @Override
        public int compareTo(Term other) {
            if (symbols.size() != other.symbols.size()) {
                return Integer.compare(other.symbols.size(), symbols.size());
            }
            for (int i = 0; i < symbols.size(); i++) {
                int order = symbols.get(i).compareTo(other.symbols.get(i));
                if (order != 0) {
                    return order;
                }
            }
            return 0;
        }

        /// The term without its sign.
        void print(StringBuilder out) {
            // Without a sign it may have 64 bits.
            String size = Long.toUnsignedString(Math.abs(numerator));
            boolean showSize = !size.equals("1") || denominator != 1 || symbols.isEmpty();
            if (showSize) {
                out.append(size);
                if (denominator != 1) {
                    out.append('/').append(denominator);
                }
            }
            for (int i = 0; i < symbols.size();) {
                int power = Collections.frequency(symbols, symbols.get(i));
                if (i > 0 || showSize) {
                    out.append('*');
                }
                out.append(symbols.get(i));
                if (power > 1) {
                    out.append('^').append(power);
                }
                i += power;
            }
        }
    }

    private static Dim[] small() {
        var all = new Dim[1025];
        Arrays.setAll(all, value -> value == 0 ? new Dim(List.of()) : constantTerm(value));
        return all;
    }

    private static Dim constantTerm(long value) {
        return new Dim(List.of(new Term(value, 1, List.of())));
    }

    /// The constant dimension `value`.
    public static Dim of(long value) {
        return value >= 0 && value < SMALL.length ? SMALL[(int) value] : constantTerm(value);
    }

    /// The dimension called `name`, unknown until a program is bound to its sizes.
    public static Dim symbol(String name) {
        return new Dim(List.of(new Term(1, 1, List.of(name))));
    }

    /// The product of `dims`, 1 when there are none.
    public static Dim product(Iterable<Dim> dims) {
        Dim product = ONE;
        for (var dim : dims) {
            product = product.times(dim);
        }
        return product;
    }

    private static Dim of(List<Term> sorted) {
        if (sorted.isEmpty()) {
            return ZERO;
        }
        if (sorted.size() == 1) {
            var only = sorted.getFirst();
            if (only.symbols.isEmpty() && only.denominator == 1) {
                return of(only.numerator);
            }
        }
        requireFew(sorted.size());
        return new Dim(List.copyOf(sorted));
    }

    private static void requireFew(int count) {
        if (count > MOST) {
            throw new ArithmeticException("a size of more than " + MOST + " terms or factors");
        }
    }

    public Dim plus(Dim other) {
        if (isConstant() && other.isConstant()) {
            return of(Math.addExact(constant(), other.constant()));
        }
        if (isZero()) {
            return other;
        }
        if (other.isZero()) {
            return this;
        }
        var sum = new ArrayList<Term>(terms.size() + other.terms.size());
        int i = 0;
        int j = 0;
        while (i < terms.size() && j < other.terms.size()) {
            var a = terms.get(i);
            var b = other.terms.get(j);
            int order = a.compareTo(b);
            if (order < 0) {
                sum.add(a);
                i++;
            } else if (order > 0) {
                sum.add(b);
                j++;
            } else {
                var both = a.plus(b);
                if (both.numerator != 0) {
                    sum.add(both);
                }
                i++;
                j++;
            }
        }
        sum.addAll(terms.subList(i, terms.size()));
        sum.addAll(other.terms.subList(j, other.terms.size()));
        return of(sum);
    }

    public Dim plus(long other) {
        return plus(of(other));
    }

    public Dim minus(Dim other) {
        return plus(other.negate());
    }

    public Dim minus(long other) {
        return minus(of(other));
    }

    public Dim negate() {
        return times(-1);
    }

    public Dim times(Dim other) {
        if (isConstant() && other.isConstant()) {
            return of(Math.multiplyExact(constant(), other.constant()));
        }
        if (equals(ONE) || other.isZero()) {
            return other;
        }
        if (other.equals(ONE) || isZero()) {
            return this;
        }
        Dim sum = ZERO;
        for (var a : terms) {
            // A term times a sorted sum is sorted: graded lexicographic order respects multiplication.
            var row = new ArrayList<Term>(other.terms.size());
            for (var b : other.terms) {
                row.add(a.times(b));
            }
            sum = sum.plus(of(row));
        }
        return sum;
    }

    public Dim times(long other) {
        return times(of(other));
    }

    /// The quotient where it is a polynomial: always for a constant other than zero, else when the division leaves
    /// nothing over.
    public Optional<Dim> dividedBy(Dim divisor) {
        if (divisor.isZero()) {
            return Optional.empty();
        }
        var lead = divisor.terms.getFirst();
        var leadInverse = Term.of(1, lead.numerator, List.of()).times(new Term(lead.denominator, 1, List.of()));
        Dim rest = this;
        Dim quotient = ZERO;
        // Each round removes the leading term of what is left; graded lexicographic order is
        // well-founded, so this ends.
        while (!rest.isZero()) {
            var next = rest.terms.getFirst();
            var symbols = new ArrayList<>(next.symbols);
            for (var symbol : lead.symbols) {
                if (!symbols.remove(symbol)) {
                    return Optional.empty();
                }
            }
            var factor = new Term(next.numerator, next.denominator, List.copyOf(symbols))
                    .times(leadInverse);
            var part = of(List.of(factor));
            quotient = quotient.plus(part);
            rest = rest.minus(part.times(divisor));
        }
        return Optional.of(quotient);
    }

    /// Whether it is a whole number known now.
    public boolean isConstant() {
        return terms.isEmpty() || (terms.size() == 1 && terms.getFirst().symbols.isEmpty() && isWhole());
    }

    /// The value of a constant dimension.
    ///
    /// @throws IllegalStateException when it is not one
    public long constant() {
        if (!isConstant()) {
            throw new IllegalStateException("`" + this + "` is not a constant");
        }
        return terms.isEmpty() ? 0 : terms.getFirst().numerator;
    }

    public boolean isZero() {
        return terms.isEmpty();
    }

    public boolean isOne() {
        return equals(ONE);
    }

    /// Whether it is a constant equal to `value`.
    public boolean is(long value) {
        return isConstant() && constant() == value;
    }

    /// Whether every coefficient is a whole number.
    public boolean isWhole() {
        for (var term : terms) {
            if (term.denominator != 1) {
                return false;
            }
        }
        return true;
    }

    /// The coefficient of the plain symbol `name` and what is left without it: `linear("n")` of `4*n + d` is 4 and `d`.
    /// Empty when `name` stands in a product with a symbol or in a power, or not at all.
    public Optional<Linear> linear(String name) {
        Dim coefficient = ZERO;
        var rest = new ArrayList<Term>();
        for (var term : terms) {
            if (!term.symbols.contains(name)) {
                rest.add(term);
            } else if (term.symbols.size() == 1) {
                coefficient = of(List.of(new Term(term.numerator, term.denominator, List.of())));
            } else {
                return Optional.empty();
            }
        }
        return coefficient.isZero() ? Optional.empty() : Optional.of(new Linear(coefficient, of(rest)));
    }

    /// `coefficient · symbol + rest`, where the coefficient holds no symbol.
    public record Linear(Dim coefficient, Dim rest) {}

    /// The name of a dimension that is one symbol alone.
    public Optional<String> symbolName() {
        if (terms.size() == 1) {
            var only = terms.getFirst();
            if (only.numerator == 1 && only.denominator == 1 && only.symbols.size() == 1) {
                return Optional.of(only.symbols.getFirst());
            }
        }
        return Optional.empty();
    }

    /// All symbols in it, in alphabetical order.
    public SortedSet<String> symbols() {
        var all = new TreeSet<String>();
        for (var term : terms) {
            all.addAll(term.symbols);
        }
        return all;
    }

    /// The value for given sizes.
    ///
    /// @throws ArithmeticException when it is not a whole number: a division in a shape was not exact
    public long evaluate(ToLongFunction<String> sizes) {
        if (isConstant()) {
            return constant();
        }
        long numerator = 0;
        long denominator = 1;
        for (var term : terms) {
            long product = term.numerator;
            for (var symbol : term.symbols) {
                product = Math.multiplyExact(product, sizes.applyAsLong(symbol));
            }
            var sum = Term.of(numerator, denominator, List.of()).plus(Term.of(product, term.denominator, List.of()));
            numerator = sum.numerator;
            denominator = sum.denominator;
        }
        if (denominator != 1) {
            var bound = new TreeMap<String, Long>();
            symbols().forEach(symbol -> bound.put(symbol, sizes.applyAsLong(symbol)));
            throw new ArithmeticException("`%s` is not a whole number for %s".formatted(this, bound));
        }
        return numerator;
    }

    public long evaluate(Map<String, Long> sizes) {
        return evaluate(name -> {
            var size = sizes.get(name);
            if (size == null) {
                throw new IllegalArgumentException("no size is given for `" + name + "`");
            }
            return size;
        });
    }

    /// The dimension with every symbol replaced by what `replacement` gives for it.
    public Dim substitute(Function<String, Dim> replacement) {
        if (isConstant()) {
            return this;
        }
        Dim sum = ZERO;
        for (var term : terms) {
            Dim product = of(List.of(new Term(term.numerator, term.denominator, List.of())));
            for (var symbol : term.symbols) {
                product = product.times(replacement.apply(symbol));
            }
            sum = sum.plus(product);
        }
        return sum;
    }

    /// Its terms as plain data, for an encoding that another part evaluates: Σ numerator / denominator · Π symbols.
    public List<Monomial> monomials() {
        return terms.stream()
                .map(term -> new Monomial(term.numerator, term.denominator, term.symbols))
                .toList();
    }

    /// A rational coefficient in lowest terms times symbols, which repeat for powers.
    public record Monomial(long numerator, long denominator, List<String> symbols) {}

    @Override
    public boolean equals(Object other) {
        return this == other || (other instanceof Dim dim && hash == dim.hash && terms.equals(dim.terms));
    }

    @Override
    public int hashCode() {
        return hash;
    }

    /// As the language writes it: `4*d + 1`, `b*t^2 - 1/2*t`.
    @Override
    public String toString() {
        if (terms.isEmpty()) {
            return "0";
        }
        var out = new StringBuilder();
        for (var term : terms) {
            if (out.isEmpty()) {
                out.append(term.numerator < 0 ? "-" : "");
            } else {
                out.append(term.numerator < 0 ? " - " : " + ");
            }
            term.print(out);
        }
        return out.toString();
    }
}
