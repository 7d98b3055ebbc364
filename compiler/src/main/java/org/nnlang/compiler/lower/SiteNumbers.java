package org.nnlang.compiler.lower;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.nnlang.compiler.source.Span;
import org.nnlang.compiler.syntax.Block;
import org.nnlang.compiler.syntax.Expression;
import org.nnlang.compiler.syntax.Statement;
import org.nnlang.compiler.syntax.SyntaxWalk;

/// Numbers the calls of a declaration by what they call, in the order of the source: the second `Dense(…)` of a body is
/// number 2. Names of anonymous layers and streams of random numbers come from these, so that neither depends on which
/// branches a call takes, and a call added elsewhere changes none.
///
/// A lambda counts on its own: when a layer owns it, its layers are the layer's.
final class SiteNumbers {
    private final Map<Span, Integer> numbers = new HashMap<>();
    private final Map<Span, Integer> anonymous = new HashMap<>();
    private final Set<Span> counted = new HashSet<>();

    /// Numbers all calls within `body`; done once for each.
    void add(Block body) {
        if (counted.add(body.span())) {
            new Counter().block(body);
        }
    }

    /// The number of the call at `site`, from 1; 1 for one that was not counted.
    int of(Span site) {
        return numbers.getOrDefault(site, 1);
    }

    /// The same among the calls whose result no `val` names.
    int anonymous(Span site) {
        return anonymous.getOrDefault(site, 1);
    }

    private final class Counter extends SyntaxWalk {
        private final Map<String, Integer> counts = new HashMap<>();
        private final Map<String, Integer> anonymousCounts = new HashMap<>();
        private final Set<Span> bound = new HashSet<>();

        @Override
        public void expression(Expression expression) {
            switch (expression) {
                case Expression.Lambda lambda -> add(lambda.body());
                case Expression.Call call -> {
                    super.expression(expression);
                    count(call.callee(), call.span());
                    call.arguments().forEach(argument -> bare(argument.value()));
                }
                case Expression.Pipe pipe -> {
                    super.expression(expression);
                    count(pipe.target(), pipe.target().span());
                }
                case Expression.Name _, Expression.IntLiteral _, Expression.FloatLiteral _, Expression.BoolLiteral _, Expression.StringTemplate _, Expression.Tuple _, Expression.ListLiteral _, Expression.If _, Expression.Scan _, Expression.Select _, Expression.Slice _, Expression.Unary _, Expression.Binary _, Expression.Range _, Expression.Invalid _ ->
                    super.expression(expression);
            }
        }

        @Override
        public void statement(Statement statement) {
            switch (statement) {
                case Statement.LocalFunction local -> add(local.function().body());
                // The loops of a train are programs of their own.
                case Statement.Loop loop -> {
                    if (loop.source() != null) {
                        expression(loop.source());
                    }
                    add(loop.body());
                }
                case Statement.Report report -> {
                    if (report.name() != null && report.value() instanceof Expression.Call call) {
                        bind(call.callee());
                    }
                    super.statement(statement);
                }
                case Statement.Val val -> {
                    bind(val.value());
                    super.statement(statement);
                }
                case Statement.Var variable -> {
                    bind(variable.value());
                    super.statement(statement);
                }
                case Statement other -> super.statement(other);
            }
        }

        private void bind(Expression value) {
            switch (value) {
                case Expression.ListLiteral list -> list.elements().forEach(this::bind);
                case Expression.Tuple tuple -> tuple.elements().forEach(this::bind);
                case Expression other -> bound.add(other.span());
            }
        }

        /// A layer may be given as an argument by its name alone, and is made there.
        private void bare(Expression argument) {
            switch (argument) {
                case Expression.ListLiteral list -> list.elements().forEach(this::bare);
                case Expression.Name name ->
                    anonymous.putIfAbsent(name.span(), anonymousCounts.merge(name.text(), 1, Integer::sum));
                case Expression other -> {}
            }
        }

        private void count(Expression callee, Span site) {
            if (callee instanceof Expression.Name name) {
                numbers.putIfAbsent(site, counts.merge(name.text(), 1, Integer::sum));
                if (!bound.contains(site)) {
                    anonymous.putIfAbsent(site, anonymousCounts.merge(name.text(), 1, Integer::sum));
                }
            }
        }
    }
}
