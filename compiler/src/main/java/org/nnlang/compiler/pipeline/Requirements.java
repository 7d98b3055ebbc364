package org.nnlang.compiler.pipeline;

import java.util.List;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.compiler.lower.Constraint;
import org.nnlang.compiler.lower.SizeCondition;
import org.nnlang.runtime.program.Extent;
import org.nnlang.runtime.program.Image;
import org.nnlang.runtime.program.Requirement;
import org.nnlang.runtime.program.SizeRule;

/// Makes the constraints of a program part of its image, which is bound to sizes where no compiler is.
final class Requirements {
    private final List<String> symbols;

    private Requirements(List<String> symbols) {
        this.symbols = symbols;
    }

    /// The image with those constraints that speak of its free dimensions.
    static Image with(Image image, List<Constraint> constraints) {
        var requirements = new Requirements(image.symbols());
        return image.requiring(constraints.stream()
                .filter(constraint -> image.symbols().containsAll(constraint.symbols()))
                .map(constraint -> new Requirement(constraint.message(), requirements.rule(constraint.condition())))
                .toList());
    }

    private SizeRule rule(SizeCondition condition) {
        return switch (condition) {
            case SizeCondition.Compare(var comparison, var left, var right) -> {
                SizeRule.Amount a = amount(left);
                SizeRule.Amount b = amount(right);
                yield switch (comparison) {
                    case LESS -> new SizeRule.Compare(SizeRule.Sign.LESS, a, b);
                    case LESS_EQUAL -> new SizeRule.Compare(SizeRule.Sign.LESS_EQUAL, a, b);
                    case GREATER -> new SizeRule.Compare(SizeRule.Sign.LESS, b, a);
                    case GREATER_EQUAL -> new SizeRule.Compare(SizeRule.Sign.LESS_EQUAL, b, a);
                    case EQUAL -> new SizeRule.Compare(SizeRule.Sign.EQUAL, a, b);
                    case NOT_EQUAL -> new SizeRule.Compare(SizeRule.Sign.NOT_EQUAL, a, b);
                };
            }
            case SizeCondition.Whole(Dim dim) -> new SizeRule.Whole(extent(dim));
            case SizeCondition.And(var left, var right) -> new SizeRule.Both(rule(left), rule(right));
            case SizeCondition.Or(var left, var right) -> new SizeRule.Either(rule(left), rule(right));
            case SizeCondition.Not(var inner) -> new SizeRule.Not(rule(inner));
        };
    }

    private SizeRule.Amount amount(SizeCondition.Amount amount) {
        return switch (amount) {
            case SizeCondition.Amount.Number(double value) -> SizeRule.Amount.of(value);
            case SizeCondition.Amount.Size(Dim dim) -> new SizeRule.Amount(0, extent(dim), null);
            case SizeCondition.Amount.Remainder(Dim dividend, Dim divisor) ->
                new SizeRule.Amount(0, extent(dividend), extent(divisor));
        };
    }

    private Extent extent(Dim dim) {
        return new Extent(
                -1,
                dim.monomials().stream()
                        .map(monomial -> new Extent.Term(
                                monomial.numerator(),
                                monomial.denominator(),
                                monomial.symbols().stream().map(symbols::indexOf).toList()))
                        .toList());
    }
}
