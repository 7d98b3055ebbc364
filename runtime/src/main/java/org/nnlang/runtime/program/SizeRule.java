package org.nnlang.runtime.program;

import org.jspecify.annotations.Nullable;

/// A condition on the sizes that a procedure is bound to.
public sealed interface SizeRule {
    /// Whether it holds.
    ///
    /// @param symbols the sizes, in the order of the image's symbols
    boolean holds(long[] symbols);

    /// `left` compared with `right`.
    record Compare(Sign sign, Amount left, Amount right) implements SizeRule {
        @Override
        public boolean holds(long[] symbols) {
            double a = left.evaluate(symbols);
            double b = right.evaluate(symbols);
            return switch (sign) {
                case LESS -> a < b;
                case LESS_EQUAL -> a <= b;
                case EQUAL -> a == b;
                case NOT_EQUAL -> a != b;
            };
        }
    }

    /// The ways to compare; the others are these with their sides exchanged.
    enum Sign {
        LESS,
        LESS_EQUAL,
        EQUAL,
        NOT_EQUAL
    }

    /// The extent is a whole number, and not below zero: a division leaves nothing over.
    record Whole(Extent extent) implements SizeRule {
        @Override
        public boolean holds(long[] symbols) {
            try {
                return extent.evaluate(symbols) >= 0;
            } catch (ArithmeticException e) {
                return false;
            }
        }
    }

    record Both(SizeRule left, SizeRule right) implements SizeRule {
        @Override
        public boolean holds(long[] symbols) {
            return left.holds(symbols) && right.holds(symbols);
        }
    }

    record Either(SizeRule left, SizeRule right) implements SizeRule {
        @Override
        public boolean holds(long[] symbols) {
            return left.holds(symbols) || right.holds(symbols);
        }
    }

    record Not(SizeRule rule) implements SizeRule {
        @Override
        public boolean holds(long[] symbols) {
            return !rule.holds(symbols);
        }
    }

    /// `number + extent`, or what the division of two extents leaves over, with the sign of the divisor.
    ///
    /// @param divisor null where nothing is divided
    record Amount(double number, Extent extent, @Nullable Extent divisor) {
        /// A number.
        public static Amount of(double number) {
            return new Amount(number, Extent.of(0), null);
        }

        double evaluate(long[] symbols) {
            long dividend = extent.evaluate(symbols);
            if (divisor == null) {
                return number + dividend;
            }
            long by = divisor.evaluate(symbols);
            return by == 0 ? Double.NaN : Math.floorMod(dividend, by);
        }
    }
}
