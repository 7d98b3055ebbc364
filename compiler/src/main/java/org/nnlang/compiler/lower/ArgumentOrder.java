package org.nnlang.compiler.lower;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.diagnostic.Help;
import org.nnlang.compiler.source.Span;
import org.nnlang.compiler.type.ForeignNames;

/// Gives each argument of a call to a parameter: first those without a name, in their order, then the others by name.
/// Whatever has a parameter `axis` also takes `along = name`.
///
/// @param name       what is called
/// @param parameters the names of its parameters
record ArgumentOrder(Elaboration elaboration, String name, List<String> parameters, Span site, Scope caller) {
    /// The arguments by the place of their parameter.
    Map<Integer, Given> match(List<Given> arguments) {
        var matched = new TreeMap<Integer, Given>();
        int next = 0;
        Given along = null;
        for (Given given : arguments) {
            int place;
            String argument = given.name();
            if (argument == null) {
                place = next++;
                if (place >= parameters.size()) {
                    throw tooMany(arguments, given);
                }
            } else {
                place = parameters.indexOf(argument);
                if (place < 0 && argument.equals("along") && parameters.contains("axis")) {
                    along = given;
                    continue;
                }
                if (place < 0) {
                    throw unknown(given, argument);
                }
            }
            Given earlier = matched.putIfAbsent(place, given);
            if (earlier != null) {
                throw elaboration.fail(
                        caller,
                        Diagnostic.of(
                                Code.DUPLICATE_ARGUMENT,
                                given.span(),
                                "`" + parameters.get(place) + "` of `" + name + "` is given twice")
                                .also(earlier.span(), "the first one")
                                .help("arguments without a name take the parameters in their order"));
            }
        }
        if (along != null) {
            axis(matched, along);
        }
        Given axis = matched.get(parameters.indexOf("axis"));
        if (axis != null && axis != along && axis.binding() != null && axis.binding().kind == Binding.Kind.DIMENSION) {
            throw elaboration.fail(
                    caller,
                    Diagnostic.of(
                            Code.NAME_AS_AXIS,
                            axis.span(),
                            "`" + axis.binding().name + "` names a dimension, and `axis` takes an index")
                            .also(axis.binding().span, "`" + axis.binding().name + "` is bound here")
                            .help(Help.write(
                                    axis.nameSpan() == null ? axis.span() : axis.nameSpan().to(axis.span()),
                                    "along = " + axis.binding().name)));
        }
        return matched;
    }

    private void axis(Map<Integer, Given> matched, Given along) {
        int place = parameters.indexOf("axis");
        if (matched.containsKey(place)) {
            throw elaboration.fail(
                    caller,
                    Diagnostic.of(Code.DUPLICATE_ARGUMENT, along.span(), "`along` and `axis` both choose an axis")
                            .help("keep one of them"));
        }
        Given input = matched.get(0);
        if (input == null || input.value() instanceof Value.UnknownValue) {
            throw new Operators.Unsure();
        }
        matched.put(
                place,
                new Given("axis", new AxisNames(elaboration).find(input, along, caller), along.span(),
                        along.expression(), along.nameSpan(), null, 0));
    }

    private RuntimeException tooMany(List<Given> arguments, Given first) {
        return elaboration.fail(
                caller,
                Diagnostic.of(
                        Code.TOO_MANY_ARGUMENTS,
                        first.span(),
                        "`" + name + "` takes " + Calls.count(parameters.size(), "argument") + ", and gets "
                                + arguments.size())
                        .help(unbracketed(arguments, first).orElse(
                                Help.of(parameters.isEmpty() ? "it takes none" : "it takes " + listed()))));
    }

    /// Elsewhere a shape is several arguments: `zeros(2, 3)`.
    private Optional<Help> unbracketed(List<Given> arguments, Given first) {
        String last = parameters.isEmpty() ? "" : parameters.getLast();
        if (!last.equals("shape") && !last.equals("axes")) {
            return Optional.empty();
        }
        List<Given> entries = arguments.subList(arguments.indexOf(first) - 1, arguments.size());
        return entries.stream().allMatch(entry -> entry.name() == null && entry.value() instanceof Value.IntValue)
                ? Optional.of(Help.write(
                        "`" + last + "` is a list:",
                        entries.getFirst().span().to(entries.getLast().span()),
                        entries.stream().map(entry -> entry.span().text()).collect(Collectors.joining(", ", "[", "]")),
                        ""))
                : Optional.empty();
    }

    private RuntimeException unknown(Given given, String argument) {
        Span span = given.nameSpan() == null ? given.span() : given.nameSpan();
        Help help = argument.equals("along")
                ? Help.of("it has no `axis`")
                : ForeignNames.ofArgument(argument, span, parameters,
                        parameters.isEmpty() ? "it takes no arguments" : "it takes " + listed());
        return elaboration.fail(
                caller,
                Diagnostic.of(Code.UNKNOWN_ARGUMENT, span, "`" + name + "` has no argument `" + argument + "`")
                        .help(help));
    }

    private String listed() {
        return new ArrayList<>(parameters).stream().map(p -> "`" + p + "`").collect(Collectors.joining(", "));
    }

    /// The error about a parameter without an argument.
    RuntimeException missing(String parameter, @org.jspecify.annotations.Nullable Span declared) {
        Diagnostic diagnostic = Diagnostic.of(Code.MISSING_ARGUMENT, site,
                "`" + name + "` needs an argument for `" + parameter + "`");
        return elaboration.fail(
                caller,
                declared == null ? diagnostic : diagnostic.also(declared, "`" + parameter + "` is declared here"));
    }
}
