package org.nnlang.compiler.lower;

import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.nnlang.compiler.ir.Dim;

/// A condition on free dimensions.
public sealed interface SizeCondition {
    boolean holds(ToLongFunction<String> sizes);

    SortedSet<String> symbols();

    /// The condition with every free dimension replaced.
    default SizeCondition substitute(Function<String, Dim> sizes) {
        return switch (this) {
            case Compare(var comparison, var left, var right) ->
                new Compare(comparison, left.substitute(sizes), right.substitute(sizes));
            case Whole(var dim) -> new Whole(dim.substitute(sizes));
            case And(var left, var right) -> new And(left.substitute(sizes), right.substitute(sizes));
            case Or(var left, var right) -> new Or(left.substitute(sizes), right.substitute(sizes));
            case Not(var inner) -> new Not(inner.substitute(sizes));
        };
    }

    /// `left` compared with `right`.
    record Compare(Comparison comparison, Amount left, Amount right) implements SizeCondition {
        @Override
        public boolean holds(ToLongFunction<String> sizes) {
            return comparison.holds(left.evaluate(sizes), right.evaluate(sizes));
        }

        @Override
        public SortedSet<String> symbols() {
            return union(left.symbols(), right.symbols());
        }

        @Override
        public String toString() {
            return left + " " + comparison.symbol() + " " + right;
        }
    }

    /// `dim` is a whole number: a division in a shape leaves nothing over.
    record Whole(Dim dim) implements SizeCondition {
        @Override
        public boolean holds(ToLongFunction<String> sizes) {
            try {
                return dim.evaluate(sizes) >= 0;
            } catch (ArithmeticException e) {
                return false;
            }
        }

        @Override
        public SortedSet<String> symbols() {
            return dim.symbols();
        }

        @Override
        public String toString() {
            return dim + " is whole";
        }
    }

    record And(SizeCondition left, SizeCondition right) implements SizeCondition {
        @Override
        public boolean holds(ToLongFunction<String> sizes) {
            return left.holds(sizes) && right.holds(sizes);
        }

        @Override
        public SortedSet<String> symbols() {
            return union(left.symbols(), right.symbols());
        }

        @Override
        public String toString() {
            return left + " && " + right;
        }
    }

    record Or(SizeCondition left, SizeCondition right) implements SizeCondition {
        @Override
        public boolean holds(ToLongFunction<String> sizes) {
            return left.holds(sizes) || right.holds(sizes);
        }

        @Override
        public SortedSet<String> symbols() {
            return union(left.symbols(), right.symbols());
        }

        @Override
        public String toString() {
            return "(" + left + " || " + right + ")";
        }
    }

    record Not(SizeCondition condition) implements SizeCondition {
        @Override
        public boolean holds(ToLongFunction<String> sizes) {
            return !condition.holds(sizes);
        }

        @Override
        public SortedSet<String> symbols() {
            return condition.symbols();
        }

        @Override
        public String toString() {
            return "!(" + condition + ")";
        }
    }

    /// The ways to compare two amounts.
    enum Comparison {
        LESS("<"),
        LESS_EQUAL("<="),
        GREATER(">"),
        GREATER_EQUAL(">="),
        EQUAL("=="),
        NOT_EQUAL("!=");

        private final String symbol;

        Comparison(String symbol) {
            this.symbol = symbol;
        }

        public String symbol() {
            return symbol;
        }

        public boolean holds(double left, double right) {
            return switch (this) {
                case LESS -> left < right;
                case LESS_EQUAL -> left <= right;
                case GREATER -> left > right;
                case GREATER_EQUAL -> left >= right;
                case EQUAL -> left == right;
                case NOT_EQUAL -> left != right;
            };
        }
    }

    /// A number that depends on free dimensions.
    sealed interface Amount {
        double evaluate(ToLongFunction<String> sizes);

        SortedSet<String> symbols();

        /// The number with every free dimension replaced.
        default Amount substitute(Function<String, Dim> sizes) {
            return switch (this) {
                case Number _ -> this;
                case Size(var dim) -> new Size(dim.substitute(sizes));
                case Remainder(var dividend, var divisor) ->
                    new Remainder(dividend.substitute(sizes), divisor.substitute(sizes));
            };
        }

        record Number(double value) implements Amount {
            @Override
            public double evaluate(ToLongFunction<String> sizes) {
                return value;
            }

            @Override
            public SortedSet<String> symbols() {
                return new TreeSet<>();
            }

            @Override
            public String toString() {
                return Double.toString(value);
            }
        }

        record Size(Dim dim) implements Amount {
            @Override
            public double evaluate(ToLongFunction<String> sizes) {
                return dim.evaluate(sizes);
            }

            @Override
            public SortedSet<String> symbols() {
                return dim.symbols();
            }

            @Override
            public String toString() {
                return dim.toString();
            }
        }

        /// What a division of whole numbers leaves over, with the sign of the divisor.
        record Remainder(Dim dividend, Dim divisor) implements Amount {
            @Override
            public double evaluate(ToLongFunction<String> sizes) {
                long by = divisor.evaluate(sizes);
                return by == 0 ? Double.NaN : Math.floorMod(dividend.evaluate(sizes), by);
            }

            @Override
            public SortedSet<String> symbols() {
                return union(dividend.symbols(), divisor.symbols());
            }

            @Override
            public String toString() {
                return dividend + " % " + divisor;
            }
        }
    }

    private static SortedSet<String> union(SortedSet<String> left, SortedSet<String> right) {
        var all = new TreeSet<>(left);
        all.addAll(right);
        return all;
    }
}
