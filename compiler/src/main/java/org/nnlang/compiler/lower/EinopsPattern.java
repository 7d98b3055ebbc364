package org.nnlang.compiler.lower;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.nnlang.compiler.source.Span;

/// A pattern such as `b t (h e) -> b h t e`, read (Rogozhnikov, 2022).
///
/// @param inputs what stands left of the arrow; more than one only in `einsum`
record EinopsPattern(List<Side> inputs, Side output) {
    EinopsPattern {
        inputs = List.copyOf(inputs);
    }

    /// The axes of one tensor, in order.
    record Side(List<Axis> axes, Span span) {
        Side {
            axes = List.copyOf(axes);
        }

        Stream<Factor> factors() {
            return axes.stream().flatMap(axis -> axis.factors().stream());
        }

        boolean hasEllipsis() {
            return factors().anyMatch(Factor.Ellipsis.class::isInstance);
        }

        boolean has(String name) {
            return factors().anyMatch(factor -> factor instanceof Factor.Named named && named.name().equals(name));
        }
    }

    /// One axis: a single factor, or several in parentheses, of which the last one varies fastest.
    record Axis(List<Factor> factors, boolean composed, Span span) {
        Axis {
            factors = List.copyOf(factors);
        }

        boolean isEllipsis() {
            return !composed && factors.getFirst() instanceof Factor.Ellipsis;
        }
    }

    /// What an axis is made of.
    sealed interface Factor {
        Span span();

        record Named(String name, Span span) implements Factor {}

        /// An axis of that size which has no name.
        record Number(long size, Span span) implements Factor {}

        /// `...`: any number of axes.
        record Ellipsis(Span span) implements Factor {}
    }

    /// What makes a pattern unreadable.
    static final class Unreadable extends Exception {
        private static final long serialVersionUID = 1L;

        final transient Span span;
        final transient String help;

        Unreadable(Span span, String message, String help) {
            super(message, null, false, false);
            this.span = span;
            this.help = help;
        }
    }

    static EinopsPattern read(EinopsText text) throws Unreadable {
        return new Reader(text).pattern();
    }

    /// Reads from left to right.
    private static final class Reader {
        private final EinopsText source;
        private final String text;
        private int at;

        Reader(EinopsText source) {
            this.source = source;
            this.text = source.text();
        }

        EinopsPattern pattern() throws Unreadable {
            var inputs = new ArrayList<Side>();
            inputs.add(side());
            while (at < text.length() && text.charAt(at) == ',') {
                at++;
                inputs.add(side());
            }
            if (!text.startsWith("->", at)) {
                throw at == text.length()
                        ? new Unreadable(source.span(0, text.length()), "this pattern has no `->`",
                                "it says what comes in and what goes out: `b t d -> b d t`")
                        : strange();
            }
            at += 2;
            Side output = side();
            if (at < text.length()) {
                throw text.startsWith("->", at)
                        ? new Unreadable(source.span(at, at + 2), "a pattern has one `->`, and this is another one",
                                "take several steps, one after the other")
                        : text.charAt(at) == ','
                                ? new Unreadable(source.span(at, at + 1), "there is only one result, so no `,` here",
                                        "axes are separated by blanks: `b t d`")
                        : strange();
            }
            return new EinopsPattern(inputs, output);
        }

        private Side side() throws Unreadable {
            int start = at;
            var axes = new ArrayList<Axis>();
            var factors = new ArrayList<Factor>();
            int open = -1;
            boolean ellipsis = false;
            while (true) {
                skipBlanks();
                if (at == text.length() || text.charAt(at) == ',' || text.startsWith("->", at)) {
                    break;
                }
                int from = at;
                char c = text.charAt(at);
                if (c == '(') {
                    if (open >= 0) {
                        throw new Unreadable(source.span(at, at + 1), "parentheses in a pattern do not nest",
                                "one pair is enough: `(a b c)`");
                    }
                    open = at++;
                    continue;
                }
                if (c == ')') {
                    if (open < 0) {
                        throw new Unreadable(source.span(at, at + 1), "nothing is open that this `)` could close",
                                "a composed axis is written `(h e)`");
                    }
                    at++;
                    axes.add(new Axis(factors, true, source.span(open, at)));
                    factors.clear();
                    open = -1;
                    continue;
                }
                Factor factor = factor();
                if (factor instanceof Factor.Ellipsis) {
                    if (ellipsis) {
                        throw new Unreadable(factor.span(), "a tensor has at most one `...`", "name the other axes");
                    }
                    ellipsis = true;
                }
                if (open >= 0) {
                    factors.add(factor);
                } else {
                    axes.add(new Axis(List.of(factor), false, source.span(from, at)));
                }
            }
            if (open >= 0) {
                throw new Unreadable(source.span(open, open + 1), "this `(` is never closed",
                        "a composed axis is written `(h e)`");
            }
            int first = start;
            while (first < at && text.charAt(first) == ' ') {
                first++;
            }
            int last = at;
            while (last > first && text.charAt(last - 1) == ' ') {
                last--;
            }
            return new Side(axes, source.span(first, last));
        }

        private Factor factor() throws Unreadable {
            int from = at;
            if (text.startsWith("...", at)) {
                at += 3;
                return new Factor.Ellipsis(source.span(from, at));
            }
            if (text.charAt(at) == '\u2026') {
                at++;
                return new Factor.Ellipsis(source.span(from, at));
            }
            int c = text.codePointAt(at);
            if (c == '_' || Character.isLetter(c)) {
                while (at < text.length() && isPart(text.codePointAt(at))) {
                    at += Character.charCount(text.codePointAt(at));
                }
                return new Factor.Named(text.substring(from, at), source.span(from, at));
            }
            if (c >= '0' && c <= '9') {
                while (at < text.length() && isPart(text.codePointAt(at))) {
                    at++;
                }
                Span span = source.span(from, at);
                long size;
                try {
                    size = Long.parseLong(text.substring(from, at));
                } catch (NumberFormatException e) {
                    throw new Unreadable(span, "`" + text.substring(from, at) + "` is neither a name nor a size",
                            "names begin with a letter");
                }
                if (size == 0) {
                    throw new Unreadable(span, "an axis of a pattern is not empty", "a size is at least 1");
                }
                return new Factor.Number(size, span);
            }
            throw strange();
        }

        private static boolean isPart(int c) {
            return c == '_' || Character.isLetterOrDigit(c) || c >= '₀' && c <= '₉';
        }

        private Unreadable strange() {
            int length = Character.charCount(text.codePointAt(at));
            return new Unreadable(
                    source.span(at, at + length),
                    "`" + text.substring(at, at + length) + "` means nothing in a pattern",
                    "a pattern is made of names, `1`, `...`, parentheses and `->`, with blanks in between");
        }

        private void skipBlanks() {
            while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
                at++;
            }
        }
    }
}
