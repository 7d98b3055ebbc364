package org.nnlang.compiler.lower;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.lower.Value.TensorValue;
import org.nnlang.compiler.source.Span;
import org.nnlang.compiler.syntax.Block;
import org.nnlang.compiler.syntax.Declaration;
import org.nnlang.compiler.syntax.Expression;
import org.nnlang.compiler.syntax.Identifier;
import org.nnlang.compiler.syntax.TypeExpression;
import org.nnlang.compiler.type.ModuleScope;

/// What a `val` of a session stands for in the entries that follow. Numbers and tensors are kept. What can be called owns
/// no numbers itself and is made again from its text, with the names that were known there: a layer then finds its
/// weights by its name.
public final class SessionValue {
    private static final Pattern WORD = Pattern.compile("[\\p{L}_][\\p{L}\\p{Nd}_₀-₉]*");

    private final String name;
    private final Origin origin;
    private final @Nullable Value kept;
    private @Nullable Set<Span> needs;

    /// Where a value comes from.
    ///
    /// @param entry the statements around, which number its calls
    /// @param path the place in the tuple that the expression gives
    record Origin(
            Span place,
            Expression source,
            @Nullable TypeExpression type,
            List<Integer> path,
            Block entry,
            ModuleScope module) {
        Origin {
            path = List.copyOf(path);
        }
    }

    private SessionValue(String name, Origin origin, @Nullable Value kept) {
        this.name = name;
        this.origin = origin;
        this.kept = kept;
    }

    /// @param name unlike that of any other value of the session
    static SessionValue of(String name, Origin origin, Value value) {
        return new SessionValue(name, origin, isKept(value) ? withoutTags(value) : null);
    }

    /// Unlike the name of any other value of the session. The names of its weights and tensors begin with it.
    public String name() {
        return name;
    }

    /// The declaration that stands for it in the module of the entries that follow.
    public Declaration.Constant constant(Identifier bound) {
        return new Declaration.Constant(
                Declaration.Header.NONE, bound, origin.type(), origin.source(), bound.span());
    }

    /// The places of the `val`s whose values it is made of when it is made again; none for what is kept.
    public Set<Span> needs() {
        Set<Span> known = needs;
        if (known == null) {
            known = kept == null ? mentioned() : Set.of();
            needs = known;
        }
        return known;
    }

    /// All constants of the session that its text mentions, or that what it mentions does.
    private Set<Span> mentioned() {
        var found = new HashSet<Span>();
        var seen = new HashSet<String>();
        var texts = new ArrayDeque<String>();
        texts.add(origin.source().span().text());
        if (origin.type() != null) {
            texts.add(origin.type().span().text());
        }
        while (!texts.isEmpty()) {
            Matcher words = WORD.matcher(texts.remove());
            while (words.find()) {
                Declaration.Described meant = seen.add(words.group()) ? origin.module().own().get(words.group()) : null;
                if (meant instanceof Declaration.Constant constant) {
                    found.add(constant.span());
                } else if (meant != null) {
                    texts.add(meant.span().text());
                }
            }
        }
        return found;
    }

    /// The names of the tensors in a value that is kept, in their order.
    public List<String> tensors() {
        var names = new ArrayList<String>();
        if (kept != null) {
            tensors(kept, name, (tensor, path) -> {
                names.add(path);
                return tensor;
            });
        }
        return names;
    }

    /// What it is in an elaboration.
    Value in(Elaboration elaboration) {
        if (kept != null) {
            return tensors(kept, name, (_, path) -> elaboration.variables.left(path, origin.place()));
        }
        Scope scope = Scope.top(origin.module(), elaboration.outermost(name, new Owner.Program(""), "entry"));
        elaboration.number(origin.entry());
        boolean training = elaboration.training;
        elaboration.training = false;
        Value[] result = {Value.UNKNOWN};
        elaboration.statements.guard(origin.source().span(), scope, () -> {
            Value value = elaboration.expressions.evaluate(origin.source(), scope);
            if (origin.type() != null) {
                value = elaboration.inputs.annotated(origin.type(), value, origin.source(), scope, scope);
            }
            for (int part : origin.path()) {
                value = parts(value).get(part);
            }
            fix(value, name);
            result[0] = value;
        });
        elaboration.training = training;
        return result[0];
    }

    /// Names the layers in a value, for good.
    static void fix(Value value, String name) {
        if (value instanceof Value.LayerValue(LayerInstance layer)) {
            layer.fix(name);
        } else if (value instanceof Value.OptimizerValue(OptimizerInstance optimizer)) {
            optimizer.nameAfter(name);
        } else {
            List<Value> parts = parts(value);
            for (int i = 0; i < parts.size(); i++) {
                fix(parts.get(i), name + "." + i);
            }
        }
    }

    /// The parts of a tuple or a list; none of anything else.
    static List<Value> parts(Value value) {
        return switch (value) {
            case Value.TupleValue tuple -> tuple.elements();
            case Value.ListValue list -> list.elements();
            case Value other -> List.of();
        };
    }

    /// Whether a value is numbers and tensors alone.
    static boolean isKept(Value value) {
        return switch (value) {
            case Value.IntValue integer -> integer.isConstant();
            case Value.FloatValue _, Value.BoolValue _, Value.StringValue _ -> true;
            case TensorValue tensor -> tensor.type().shape().isConstant();
            case Value.ListValue list -> list.elements().stream().allMatch(SessionValue::isKept);
            case Value.TupleValue tuple -> tuple.elements().stream().allMatch(SessionValue::isKept);
            case Value.Quotient _, Value.Remainder _, Value.Condition _, Value.FunctionValue _, Value.LayerValue _, Value.OptimizerValue _, Value.DataValue _, Value.ModuleValue _, Value.UnitValue _, Value.UnknownValue _ ->
                false;
        };
    }

    /// Names of dimensions count the calls of one elaboration.
    private static Value withoutTags(Value value) {
        return value instanceof Value.IntValue(var dim, var _)
                ? new Value.IntValue(dim)
                : inParts(value, SessionValue::withoutTags);
    }

    private static Value inParts(Value value, UnaryOperator<Value> change) {
        return switch (value) {
            case Value.ListValue(List<Value> elements) -> new Value.ListValue(elements.stream().map(change).toList());
            case Value.TupleValue(var names, List<Value> elements) ->
                new Value.TupleValue(names, elements.stream().map(change).toList());
            case Value other -> other;
        };
    }

    private interface Change {
        Value of(TensorValue tensor, String name);
    }

    private static Value tensors(Value value, String name, Change change) {
        if (value instanceof TensorValue tensor) {
            return change.of(tensor, name);
        }
        int[] next = {0};
        return inParts(value, part -> tensors(part, name + "." + next[0]++, change));
    }
}
