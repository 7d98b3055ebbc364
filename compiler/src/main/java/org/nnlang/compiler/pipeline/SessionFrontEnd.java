package org.nnlang.compiler.pipeline;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.diagnostic.Diagnostics;
import org.nnlang.compiler.ir.TensorType;
import org.nnlang.compiler.lower.Context;
import org.nnlang.compiler.lower.Earlier;
import org.nnlang.compiler.lower.EntryProgram;
import org.nnlang.compiler.lower.Lowering;
import org.nnlang.compiler.lower.OwnOperations;
import org.nnlang.compiler.lower.SessionValue;
import org.nnlang.compiler.lower.TestProgram;
import org.nnlang.compiler.lower.TrainingProgram;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.compiler.source.Sources;
import org.nnlang.compiler.source.Span;
import org.nnlang.compiler.syntax.Block;
import org.nnlang.compiler.syntax.Declaration;
import org.nnlang.compiler.syntax.Identifier;
import org.nnlang.compiler.syntax.Import;
import org.nnlang.compiler.syntax.Module;
import org.nnlang.compiler.syntax.Parsed;
import org.nnlang.compiler.syntax.Pattern;
import org.nnlang.compiler.syntax.Statement;
import org.nnlang.compiler.syntax.Words;
import org.nnlang.compiler.type.ModuleScope;
import org.nnlang.compiler.type.Modules;
import org.nnlang.compiler.type.NameCheck;
import org.nnlang.compiler.type.Names;
import org.nnlang.compiler.type.Symbol;
import org.nnlang.runtime.tensor.Tensor;

/// From entries of a session to elaborated programs, by the stages of [FrontEnd]. The entries grow one module: functions
/// find what is declared by its latest meaning, while a `val` keeps the one it was made with. Nothing changes but by the
/// methods that say so, so an entry with a mistake leaves no trace.
public final class SessionFrontEnd {
    private final SourceFile file = new SourceFile("session", "");
    private final Sources sources;
    private Modules modules;
    private final Map<String, Declaration.Described> declared = new LinkedHashMap<>();
    private final List<Import> imports = new ArrayList<>();
    private final Map<Span, SessionValue> values = new LinkedHashMap<>();
    private final Map<String, Tensor> variables = new LinkedHashMap<>();
    private final Map<String, List<TensorType>> applied = new HashMap<>();
    private final Set<String> assignable = new HashSet<>();
    private Map<String, List<TensorType>> appliedInTraining = Map.of();
    private long minimized;

    public SessionFrontEnd(Sources sources) {
        this.sources = sources;
        this.modules = new Modules(sources, new Diagnostics());
    }

    /// Reads imported modules again, as the sources give them now.
    public void refresh() {
        modules = new Modules(sources, new Diagnostics());
    }

    /// The tensors that outlive an entry, by the names of their variables.
    public Map<String, Tensor> variables() {
        return variables;
    }

    /// What is declared and bound, by name.
    public Map<String, Declaration.Described> declared() {
        return declared;
    }

    /// The unique name of a `val`, which the names of its weights begin with; null where nothing is bound to the name.
    public @Nullable String owner(String name) {
        SessionValue value = value(name);
        return value == null ? null : value.name();
    }

    /// The operations of host code, looked for anew: they belong to an entry's program.
    private OwnOperations operations() {
        return OwnOperations.of(sources.operations(), modules);
    }

    /// What a name stands for.
    public @Nullable Symbol find(String name) {
        return module(List.of(), List.of(), new Diagnostics()).find(name);
    }

    /// Every name that can be used.
    public Set<String> names() {
        var names = new TreeSet<>(module(List.of(), List.of(), new Diagnostics()).names());
        names.addAll(operations().names());
        return names;
    }

    /// Statements, ready to be compiled.
    ///
    /// @param gradients whether to add the gradients of the last value
    public Elaborated<EntryProgram> statements(Block statements, boolean gradients) {
        Set<String> free = replaceable(statements);
        return run(List.of(), List.of(), free, (context, module) -> {
            NameCheck.check(statements, assignable, module, operations().names(), context.diagnostics());
            return context.diagnostics().hasErrors()
                    ? null
                    : new Lowering(context)
                            .entry(statements, module, name -> unique(name, free), minimized + 1, gradients)
                            .orElse(null);
        });
    }

    /// Remembers what statements bound, once they were carried out. Those of their variables that last are in
    /// [#variables].
    ///
    /// @return the names that stood for something else before
    public Set<String> accept(EntryProgram program, boolean hasMinimized) {
        var replaced = new LinkedHashSet<String>();
        for (EntryProgram.Result result : program.results()) {
            EntryProgram.Bound bound = result.bound();
            if (bound != null) {
                Identifier name = bound.name();
                if (declared.containsKey(name.text())
                        && !(bound.assignable() && assignable.contains(name.text()))) {
                    replaced.add(name.text());
                }
                Declaration.Constant constant = bound.value().constant(name);
                put(name.text(), constant);
                values.put(constant.span(), bound.value());
                if (bound.assignable()) {
                    assignable.add(name.text());
                }
            }
        }
        applied.putAll(program.applied());
        minimized += hasMinimized ? 1 : 0;
        return replaced;
    }

    /// Adds the declarations and imports of an entry, unless there is a mistake in them.
    ///
    /// @return the names that stood for something else before
    public Elaborated<Set<String>> declare(Parsed entry) {
        List<Declaration.Described> added = entry.module().declarations().stream()
                .filter(Declaration.Described.class::isInstance)
                .map(Declaration.Described.class::cast)
                .filter(declaration -> Names.of(declaration) != null)
                .toList();
        Elaborated<Boolean> checked = run(entry.module().imports(), added, (context, module) -> {
            context.diagnostics().addAll(entry.diagnostics());
            if (!context.diagnostics().hasErrors()) {
                NameCheck.check(added, module, operations().names(), context.diagnostics());
                new Lowering(context).check(added, module);
                trainings(added, context, module);
            }
            return true;
        });
        if (checked.program() == null) {
            return new Elaborated<>(null, checked.diagnostics());
        }
        var replaced = new LinkedHashSet<String>();
        for (Declaration.Described declaration : added) {
            String name = String.valueOf(Names.of(declaration));
            if (declared.containsKey(name)) {
                replaced.add(name);
            }
            put(name, declaration);
        }
        imports.addAll(entry.module().imports());
        return new Elaborated<>(replaced, checked.diagnostics());
    }

    /// Looks for mistakes in trainings that can run as they are.
    private static void trainings(
            List<? extends Declaration> added, Context context, ModuleScope module) {
        for (Declaration declaration : added) {
            if (declaration instanceof Declaration.Train train
                    && !context.diagnostics().hasErrors()
                    && train.hyperparameters().stream().allMatch(parameter -> parameter.fallback() != null)) {
                new Lowering(context).train(train, module, Map.of());
            }
        }
    }

    /// A `train` that was declared, ready to be compiled.
    ///
    /// @param settings hyper-parameters to set, by name: values as the language writes them
    public Elaborated<TrainingProgram> training(Declaration.Train train, Map<String, String> settings) {
        return run(List.of(), List.of(), (context, module) -> {
            var lowering = new Lowering(context);
            var program = lowering.train(train, module, settings);
            appliedInTraining = lowering.applied();
            return program.orElse(null);
        });
    }

    /// Remembers the weights that the last training has for a layer, which has the name `owner` in the session.
    ///
    /// @param weights by their names in the training
    public void learnt(String layer, String owner, Map<String, Tensor> weights) {
        weights.forEach((name, value) -> {
            if (name.startsWith(layer + ".")) {
                variables.put(owner + name.substring(layer.length()), value);
            }
        });
        appliedInTraining.forEach((name, inputs) -> {
            if (name.equals(layer) || name.startsWith(layer + ".")) {
                applied.put(owner + name.substring(layer.length()), inputs);
            }
        });
    }

    /// A `test`, ready to be compiled.
    public Elaborated<TestProgram> test(Declaration.Test test) {
        return run(List.of(), List.of(test), (context, module) -> {
            NameCheck.check(List.of(test), module, operations().names(), context.diagnostics());
            return context.diagnostics().hasErrors()
                    ? null
                    : new Lowering(context).test(test, module).orElse(null);
        });
    }

    private <T> Elaborated<T> run(
            List<Import> newImports,
            List<? extends Declaration> added,
            BiFunction<Context, ModuleScope, ? extends @Nullable T> stage) {
        return run(newImports, added, Set.of(), stage);
    }

    /// @param gone names whose values are about to be replaced, and not needed for it
    private <T> Elaborated<T> run(
            List<Import> newImports,
            List<? extends Declaration> added,
            Set<String> gone,
            BiFunction<Context, ModuleScope, ? extends @Nullable T> stage) {
        return FrontEnd.deep(() -> {
            var diagnostics = new Diagnostics();
            ModuleScope module = module(newImports, added, diagnostics);
            var context = new Context(modules, sources, diagnostics, earlier(gone), operations());
            @Nullable
            T program = stage.apply(context, module);
            return new Elaborated<>(diagnostics.hasErrors() ? null : program, diagnostics);
        });
    }

    /// All that is declared, and what is being added to it.
    private ModuleScope module(
            List<Import> newImports, List<? extends Declaration> added, Diagnostics diagnostics) {
        var latest = new LinkedHashMap<String, Declaration>(declared);
        for (Declaration declaration : added) {
            if (declaration instanceof Declaration.Described described && Names.of(described) != null) {
                latest.put(String.valueOf(Names.of(described)), declaration);
            }
        }
        var allImports = new ArrayList<>(newImports);
        allImports.addAll(imports.reversed());
        return modules.session(new Module(file, allImports, List.copyOf(latest.values())), diagnostics);
    }

    private void put(String name, Declaration.Described declaration) {
        Declaration.Described before = declared.remove(name);
        declared.put(name, declaration);
        assignable.remove(name);
        if (before instanceof Declaration.Constant constant) {
            forget(constant);
        }
    }

    private Earlier earlier(Set<String> gone) {
        if (gone.isEmpty()) {
            return new Earlier(values, variables, applied);
        }
        var left = new LinkedHashMap<>(values);
        var tensors = new LinkedHashMap<>(variables);
        var types = new HashMap<>(applied);
        for (String name : gone) {
            SessionValue value = value(name);
            if (value != null) {
                left.values().remove(value);
                tensors.keySet().removeIf(variable -> isOf(variable, value));
                types.keySet().removeIf(layer -> isOf(layer, value));
            }
        }
        return new Earlier(left, tensors, types);
    }

    private @Nullable SessionValue value(String name) {
        return declared.get(name) instanceof Declaration.Constant constant ? values.get(constant.span()) : null;
    }

    /// The names that statements bind anew and that nothing needs: what is bound can have the same weights' names.
    private Set<String> replaceable(Block statements) {
        var found = new HashSet<String>();
        Map<String, Long> mentions = Words.of(statements.span().text()).names();
        for (Map.Entry<String, Declaration.Described> each : declared.entrySet()) {
            if (mentions.getOrDefault(each.getKey(), 0L) == 1
                    && statements.statements().stream().anyMatch(statement -> binds(statement, each.getKey()))
                    && each.getValue() instanceof Declaration.Constant constant
                    && !isNeeded(constant)) {
                found.add(each.getKey());
            }
        }
        return found;
    }

    private static boolean binds(Statement statement, String name) {
        return switch (statement) {
            case Statement.Val val -> binds(val.pattern(), name);
            case Statement.Var variable -> binds(variable.pattern(), name);
            case Statement.Assign assign -> binds(assign.pattern(), name);
            case Statement other -> false;
        };
    }

    private static boolean binds(Pattern pattern, String name) {
        return switch (pattern) {
            case Pattern.Bind(Identifier bound) -> bound.text().equals(name);
            case Pattern.Tuple tuple -> tuple.elements().stream().anyMatch(part -> binds(part, name));
        };
    }

    private boolean isNeeded(Declaration.Constant constant) {
        return values.values().stream().anyMatch(value -> value.needs().contains(constant.span()));
    }

    /// Lets go of a value, unless one that is made again from its text may need it.
    private void forget(Declaration.Constant constant) {
        SessionValue value = values.get(constant.span());
        if (value == null || isNeeded(constant)) {
            return;
        }
        values.remove(constant.span());
        applied.keySet().removeIf(layer -> isOf(layer, value));
        variables.keySet().removeIf(variable -> isOf(variable, value));
    }

    private static boolean isOf(String name, SessionValue value) {
        return name.equals(value.name()) || name.startsWith(value.name() + ".");
    }

    private String unique(String name, Set<String> free) {
        Set<String> used = new HashSet<>();
        values.values().forEach(value -> used.add(value.name()));
        for (String gone : free) {
            used.remove(owner(gone));
        }
        String candidate = name;
        for (int next = 2; used.contains(candidate); next++) {
            candidate = name + "'" + next;
        }
        return candidate;
    }
}
