package org.nnlang;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Writes pieces of code as a body in the language. What is used twice, what has a name, and every so often a piece of a long
/// chain stands in a `val` before what uses it; the rest is written where it is used. Walks with worklists: a model may be
/// as deep as it likes.
final class CodeWriter {
    /// The depth at which an expression is given a name, so that none is too deep to be read.
    private static final int DEEPEST = 40;

    private static final String INDENT = "    ";

    private final List<Code> roots;
    private final Names names;
    private final Map<Code, Integer> uses;
    private final Block top;

    /// A piece as text.
    ///
    /// @param depth how many operations are in it
    private record Text(String text, int strength, int depth) {
        String within(int needed) {
            return strength < needed ? "(" + text + ")" : text;
        }
    }

    CodeWriter(List<Code> roots) {
        this.roots = roots;
        this.names = new Names();
        this.uses = uses(roots);
        uses.keySet().forEach(this::reserve);
        this.top = new Block(null, Set.of(), INDENT);
    }

    /// The inputs and hyper-parameters that the pieces use, each once.
    List<Code> given() {
        return uses.keySet().stream()
                .filter(code -> code.form() instanceof Code.Input || code.form() instanceof Code.Hyper).toList();
    }

    /// The statements before the results.
    List<String> statements() {
        return top.statements;
    }

    /// The pieces, written behind the [#statements()], which they make.
    List<String> results() {
        return roots.stream().map(root -> top.text(root).text()).toList();
    }

    /// All of it, to look at.
    String whole() {
        List<String> results = results();
        return statements().isEmpty()
                ? String.join("\n", results)
                : String.join("\n", statements()) + "\n" + String.join("\n", results);
    }

    private void reserve(Code code) {
        switch (code.form()) {
            case Code.Name(String text) -> names.take(text);
            case Code.Input(String name, String _) -> names.take(name);
            case Code.Hyper(String name, long _) -> names.take(name);
            case Code.Named(String name) -> names.take(name);
            case Code.Literal _, Code.Bound _, Code.Apply _, Code.Pipe _, Code.Binary _, Code.Negative _ -> {}
            case Code.Member _, Code.Slice _, Code.ListOf _, Code.Lambda _ -> {}
        }
    }

    /// How often each piece is an operand.
    private static Map<Code, Integer> uses(List<Code> roots) {
        var uses = new LinkedHashMap<Code, Integer>();
        var open = new ArrayDeque<>(roots);
        while (!open.isEmpty()) {
            Code code = open.pop();
            if (uses.merge(code, 1, Integer::sum) == 1) {
                code.operands().forEach(open::push);
            }
        }
        return uses;
    }

    /// The body of the model, or of a lambda.
    private final class Block {
        private final @Nullable Block outer;
        private final Set<Code> parameters;
        private final String indent;
        private final Map<Code, Text> written = new IdentityHashMap<>();
        private final List<String> statements = new ArrayList<>();

        Block(@Nullable Block outer, Set<Code> parameters, String indent) {
            this.outer = outer;
            this.parameters = parameters;
            this.indent = indent;
        }

        /// Writes a piece and all that it is made of, operands first.
        Text text(Code root) {
            var open = new ArrayDeque<Code>();
            open.push(root);
            while (!open.isEmpty()) {
                Code code = open.peek();
                if (written.containsKey(code)) {
                    open.pop();
                    continue;
                }
                Block owner = outside(code);
                if (owner != null) {
                    written.put(code, owner.text(code));
                    continue;
                }
                List<Code> missing = code.form() instanceof Code.Lambda
                        ? List.of()
                        : code.operands().stream().filter(operand -> !written.containsKey(operand)).toList();
                missing.reversed().forEach(open::push);
                if (missing.isEmpty()) {
                    written.put(code, settled(code, write(code)));
                }
            }
            return written(root);
        }

        /// The block around this one, where a piece is no part of this one: it depends on no parameter here, and would be
        /// computed, or made, more than once.
        private @Nullable Block outside(Code code) {
            boolean own = code.free().stream().anyMatch(parameters::contains);
            return outer == null || own || !(code.isTensor() || isKept(code)) ? null : outer.kept(code);
        }

        /// This block, where a piece has a name already or gets one.
        private Block kept(Code code) {
            if (!written.containsKey(code)) {
                Text text = text(code);
                if (text.strength() < Code.PRIMARY || text.depth() > 0) {
                    written.put(code, bind(code, text));
                }
            }
            return this;
        }

        private Text settled(Code code, Text text) {
            return isKept(code) || text.depth() >= DEEPEST && code.isTensor() ? bind(code, text) : text;
        }

        private Text bind(Code code, Text text) {
            String name = code.form() instanceof Code.Named(String given) ? given : names.fresh(stem(code));
            statements.add(indent + "val " + name + " = " + text.text());
            return new Text(name, Code.PRIMARY, 0);
        }

        private Text written(Code code) {
            Text text = written.get(code);
            if (text == null) {
                throw new IllegalStateException("not written: " + code.form());
            }
            return text;
        }

        private Text write(Code code) {
            List<Code> operands = code.operands();
            return switch (code.form()) {
                case Code.Literal(String text) -> new Text(text, text.startsWith("-") ? Code.SIGN : Code.PRIMARY, 0);
                case Code.Name(String name) -> new Text(name, Code.PRIMARY, 0);
                case Code.Input(String name, String _) -> new Text(name, Code.PRIMARY, 0);
                case Code.Hyper(String name, long _) -> new Text(name, Code.PRIMARY, 0);
                case Code.Bound(String name) -> throw new IllegalStateException(
                        "`" + name + "`, a parameter of a function, is used outside of it");
                case Code.Named _ -> written(operands.getFirst());
                case Code.Apply(List<@Nullable String> argumentNames, boolean _) -> apply(operands, argumentNames);
                case Code.Pipe _ -> {
                    Text function = written(operands.get(1));
                    boolean simple = function.strength() == Code.PRIMARY || operands.get(1).isLayer()
                            || operands.get(1).form() instanceof Code.Apply;
                    yield new Text(
                            written(operands.getFirst()).within(Code.PIPE) + " |> "
                                    + (simple ? function.text() : "(" + function.text() + ")"),
                            Code.PIPE, depth(operands));
                }
                case Code.Binary(String operator) -> binary(operator, operands);
                case Code.Negative _ ->
                    new Text("-" + written(operands.getFirst()).within(Code.POWER), Code.SIGN, depth(operands));
                case Code.Member(String name) -> new Text(
                        written(operands.getFirst()).within(Code.POSTFIX) + "." + name, Code.POSTFIX, depth(operands));
                case Code.Slice(String entries) -> new Text(
                        written(operands.getFirst()).within(Code.POSTFIX) + "[" + entries + "]",
                        Code.POSTFIX, depth(operands));
                case Code.ListOf _ -> new Text(
                        operands.stream().map(item -> written(item).text()).collect(Collectors.joining(", ", "[", "]")),
                        Code.PRIMARY, operands.isEmpty() ? 0 : depth(operands));
                case Code.Lambda _ -> lambda(operands);
            };
        }

        private Text apply(List<Code> operands, List<@Nullable String> argumentNames) {
            var arguments = new ArrayList<String>();
            for (int i = 1; i < operands.size(); i++) {
                @Nullable
                String name = argumentNames.get(i - 1);
                String text = written(operands.get(i)).text();
                arguments.add(name == null ? text : name + " = " + text);
            }
            // A function written out as the last argument stands behind the parentheses.
            String last = "";
            if (!arguments.isEmpty() && arguments.getLast().startsWith("{")) {
                last = " " + arguments.removeLast();
            }
            String list = arguments.isEmpty() && !last.isEmpty() ? "" : "(" + String.join(", ", arguments) + ")";
            return new Text(
                    written(operands.getFirst()).within(Code.POSTFIX) + list + last, Code.POSTFIX, depth(operands));
        }

        private Text binary(String operator, List<Code> operands) {
            int strength = switch (operator) {
                case "+", "-" -> Code.SUM;
                case "^" -> Code.POWER;
                default -> Code.PRODUCT;
            };
            // Powers bind from right to left, the others from left to right.
            boolean power = strength == Code.POWER;
            return new Text(
                    written(operands.getFirst()).within(power ? strength + 1 : strength)
                            + (power ? operator : " " + operator + " ")
                            + written(operands.get(1)).within(power ? Code.SIGN : strength + 1),
                    strength, depth(operands));
        }

        private Text lambda(List<Code> operands) {
            List<Code> own = operands.subList(0, operands.size() - 1);
            var inner = new Block(this, Set.copyOf(own), indent + INDENT);
            for (Code parameter : own) {
                if (parameter.form() instanceof Code.Bound(String name)) {
                    inner.written.put(parameter, new Text(names.fresh(name), Code.PRIMARY, 0));
                }
            }
            String head = "{ " + own.stream().map(each -> inner.written(each).text()).collect(Collectors.joining(", "))
                    + " ->";
            Text body = inner.text(operands.getLast());
            return new Text(
                    inner.statements.isEmpty()
                            ? head + " " + body.text() + " }"
                            : head + "\n" + String.join("\n", inner.statements) + "\n" + indent + INDENT + body.text()
                                    + "\n" + indent + "}",
                    Code.PRIMARY, body.depth() + 1);
        }

        private int depth(List<Code> operands) {
            int deepest = 0;
            for (Code operand : operands) {
                deepest = Math.max(deepest, written(operand).depth());
            }
            return deepest + 1;
        }
    }

    /// Whether a piece must be written once: it has a name, or it is used twice and is not the same twice.
    private boolean isKept(Code code) {
        return switch (code.form()) {
            case Code.Named _ -> true;
            case Code.Literal _, Code.Name _, Code.Input _, Code.Hyper _, Code.Bound _ -> false;
            case Code.Apply _, Code.Pipe _, Code.Binary _, Code.Negative _, Code.Member _, Code.Slice _, Code.ListOf _, Code.Lambda _ ->
                (code.isTensor() || code.isLayer() || code.form() instanceof Code.Lambda)
                        && uses.getOrDefault(code, 0) > 1;
        };
    }

    /// What a value without a name is called after.
    private static String stem(Code code) {
        return switch (code.form()) {
            case Code.Apply _ -> callee(code.operands().getFirst());
            case Code.Pipe _ -> callee(code.operands().get(1));
            case Code.Member(String name) -> name;
            case Code.Literal _, Code.Name _, Code.Input _, Code.Hyper _, Code.Bound _, Code.Binary _, Code.Negative _, Code.Slice _, Code.ListOf _, Code.Named _, Code.Lambda _ ->
                "value";
        };
    }

    private static String callee(Code code) {
        Code callee = code;
        while (callee.form() instanceof Code.Apply) {
            callee = callee.operands().getFirst();
        }
        return switch (callee.form()) {
            case Code.Name(String text) -> Names.snake(text);
            case Code.Named(String name) -> name;
            case Code.Literal _, Code.Input _, Code.Hyper _, Code.Bound _, Code.Apply _, Code.Pipe _, Code.Binary _, Code.Negative _, Code.Member _, Code.Slice _, Code.ListOf _, Code.Lambda _ ->
                "value";
        };
    }
}
