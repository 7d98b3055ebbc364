package org.nnlang.cli.repl;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.lower.EntryProgram;
import org.nnlang.compiler.lower.Manual;
import org.nnlang.compiler.lower.TestProgram;
import org.nnlang.compiler.lower.TypeText;
import org.nnlang.compiler.pipeline.BackEnd;
import org.nnlang.compiler.pipeline.BackEnd.CompiledEntry;
import org.nnlang.compiler.pipeline.Elaborated;
import org.nnlang.compiler.pipeline.SessionFrontEnd;
import org.nnlang.compiler.pipeline.TestRun;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.compiler.syntax.Block;
import org.nnlang.compiler.syntax.Declaration;
import org.nnlang.compiler.syntax.Entered;
import org.nnlang.compiler.syntax.Expression;
import org.nnlang.compiler.syntax.Module;
import org.nnlang.compiler.syntax.Parsed;
import org.nnlang.compiler.syntax.Parser;
import org.nnlang.compiler.syntax.Statement;
import org.nnlang.compiler.syntax.Words;
import org.nnlang.compiler.type.Names;
import org.nnlang.compiler.type.Symbol;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.kernel.Team;
import org.nnlang.runtime.tensor.Tensor;

/// What is entered, carried out: declarations are remembered, expressions computed, trainings run. An entry with a
/// mistake, or one that is broken off, leaves the session as it was.
public final class Session implements AutoCloseable {
    /// What the name of an entry begins with in messages.
    static final String ENTRY = "entry ";

    /// What fingers know from elsewhere, unless the session has something of that name.
    private static final Map<String, String> OF_OTHER_SHELLS = Map.of("exit", ":quit", "exit()", ":quit", "quit",
            ":quit", "quit()", ":quit", "help", ":help", "help()", ":help", "?", ":help");

    private final Path folder;
    private final Output out;
    private final int threads;
    private volatile Team team;
    private final Commands commands;
    private final SessionSources sources;
    private final SessionFrontEnd front;
    private int entries;
    private volatile @Nullable Thread carrier;
    private volatile @Nullable Evaluation running;
    private @Nullable CompiledEntry last;
    private volatile @Nullable TrainingEntry training;

    /// The entries that hold, by what they declare: what `:save` writes.
    private final Map<String, String> texts = new LinkedHashMap<>();

    /// @param folder from which paths count
    /// @param threads to compute with
    public Session(Path folder, Output out, int threads) {
        this.folder = folder;
        this.out = out;
        this.threads = threads;
        this.team = Team.of(threads);
        this.sources = new SessionSources(folder);
        this.front = new SessionFrontEnd(sources);
        this.commands = new Commands(this, out);
    }

    /// Whether a text can be carried out as it is, or needs further lines.
    public static boolean isComplete(String text) {
        return text.stripLeading().startsWith(":") || Words.of(text).isComplete();
    }

    /// Carries out what was entered.
    ///
    /// @return false for `:quit`
    public boolean enter(String text) {
        carrier = Thread.currentThread();
        String stripped = text.strip();
        if (stripped.isEmpty()) {
            return true;
        }
        try {
            String command = OF_OTHER_SHELLS.get(stripped);
            if (command != null && !names().contains(stripped.replace("()", ""))) {
                return commands.run(command);
            }
            if (stripped.startsWith(":")) {
                return commands.run(stripped);
            }
            entry(source(text));
        } catch (NnException e) {
            out.failure(e);
        }
        return true;
    }

    /// Asks for the end of what another thread is carrying out. A training ends after the step at hand. Anything else is
    /// given up: it fails or comes to nothing on its thread, and the next entry needs not wait for it.
    ///
    /// @return whether it has to be waited for
    public boolean interrupt() {
        TrainingEntry trained = training;
        if (trained != null) {
            trained.interrupt();
            return true;
        }
        carrier = null;
        Evaluation evaluation = running;
        if (evaluation != null) {
            evaluation.abandon();
            running = null;
        }
        // What is given up may hold the old one for a while.
        team = Team.of(threads);
        return false;
    }

    /// Whether the entry on this thread was given up.
    private boolean isGivenUp() {
        return carrier != Thread.currentThread();
    }

    /// Every name that can be used, for completion.
    public Set<String> names() {
        return front.names();
    }

    /// The names of parameters that a call of `name` takes.
    public List<String> parameters(String name) {
        return Manual.parameters(front.find(name), name, sources.operations());
    }

    SourceFile source(String text) {
        entries++;
        return new SourceFile(ENTRY + entries, text.stripTrailing());
    }

    void entry(SourceFile source) {
        Entered entered = Parser.entry(source);
        if (entered.parsed().diagnostics().hasErrors()) {
            out.mistakes(entered.parsed().diagnostics().sorted());
            return;
        }
        Block statements = entered.statements();
        if (statements == null) {
            declare(entered.parsed());
            return;
        }
        Expression only = statements.statements().size() == 1
                && statements.statements().getFirst() instanceof Statement.ExpressionStatement(Expression value)
                        ? value
                        : null;
        Declaration.Train train = train(only instanceof Expression.Call call ? call.callee() : only);
        if (train != null) {
            train(train, only instanceof Expression.Call call ? settings(call) : Map.of());
            return;
        }
        carryOut(statements, true);
    }

    private Declaration.@Nullable Train train(@Nullable Expression expression) {
        return expression instanceof Expression.Name name
                && front.find(name.text()) instanceof Symbol.Declared(Declaration.Train train, var _)
                        ? train
                        : null;
    }

    private static Map<String, String> settings(Expression.Call call) {
        var settings = new LinkedHashMap<String, String>();
        call.arguments().forEach(argument -> settings.put(
                argument.name() == null ? argument.value().span().text() : argument.name().text(),
                argument.value().span().text()));
        return settings;
    }

    /// Computes statements, shows what they give and remembers what they bind.
    private void carryOut(Block statements, boolean shown) {
        EntryProgram program = elaborate(statements, false);
        if (program == null || isGivenUp()) {
            return;
        }
        var outputs = new LinkedHashMap<String, Tensor>();
        Map<String, Tensor> after = compute(program, outputs);
        if (isGivenUp()) {
            return;
        }
        boolean minimizes = statements.span().text().contains("minimize");
        Set<String> replaced = front.accept(program, minimizes);
        after.forEach((name, value) -> {
            if (program.lasting().contains(name)) {
                front.variables().put(name, value);
            }
        });
        for (EntryProgram.Result result : program.results()) {
            EntryProgram.Bound bound = result.bound();
            if (bound != null) {
                bound.tensors().forEach((output, name) -> {
                    Tensor tensor = outputs.get(output);
                    if (tensor != null) {
                        front.variables().put(name, tensor);
                    }
                });
                texts.remove(result.label());
                texts.put(result.label(), statements.span().text().strip());
            }
            if (shown) {
                out.answer(result.label(), result.answer(), outputs);
            }
        }
        if (shown) {
            replaced(replaced);
        }
    }

    /// Runs a program where it has something to compute.
    private Map<String, Tensor> compute(EntryProgram program, Map<String, Tensor> outputs) {
        if (program.procedure().outputs().isEmpty() && program.procedure().updates().isEmpty()) {
            return Map.of();
        }
        CompiledEntry compiled = BackEnd.entry(program);
        last = compiled;
        var evaluation = evaluation(compiled);
        run(evaluation);
        program.procedure().outputs().forEach(output -> outputs.put(output.name(), evaluation.output(output.name())));
        return evaluation.variables();
    }

    /// A run of what was compiled, with the tensors of the session.
    Evaluation evaluation(CompiledEntry compiled) {
        return new Evaluation(compiled, front.variables(), team, 0, entries);
    }

    /// Runs where it can be broken off.
    void run(Evaluation evaluation) {
        running = evaluation;
        try {
            evaluation.run();
        } finally {
            running = null;
        }
    }

    /// What statements mean; null where they have mistakes, which are shown.
    @Nullable
    EntryProgram elaborate(Block statements, boolean gradients) {
        return require(front.statements(statements, gradients));
    }

    <T> @Nullable T require(Elaborated<T> elaborated) {
        if (!elaborated.diagnostics().isEmpty()) {
            out.mistakes(elaborated.diagnostics().sorted());
        }
        return elaborated.diagnostics().hasErrors() ? null : elaborated.program();
    }

    /// Remembers declarations, and runs tests and trainings among them.
    private void declare(Parsed parsed) {
        Set<String> replaced = require(front.declare(parsed));
        if (replaced == null) {
            return;
        }
        remember(parsed);
        parsed.module().imports().forEach(each -> out.line(each.span().text()));
        for (Declaration declaration : parsed.module().declarations()) {
            if (declaration instanceof Declaration.Described described && Names.of(described) != null) {
                out.line(TypeText.head(described));
            }
        }
        replaced(replaced);
        for (Declaration declaration : parsed.module().declarations()) {
            if (declaration instanceof Declaration.Test test) {
                test(test);
            } else if (declaration instanceof Declaration.Train train) {
                train(train, Map.of());
            }
        }
    }

    private void replaced(Set<String> names) {
        if (!names.isEmpty()) {
            out.line("replaced " + names.stream().map(name -> "`" + name + "`").collect(Collectors.joining(", ")));
        }
    }

    private void test(Declaration.Test test) {
        TestProgram program = require(front.test(test));
        if (program == null) {
            return;
        }
        List<TestRun.Failure> failures = TestRun.of(program, team);
        if (failures.isEmpty()) {
            out.line("ok      " + test.name());
        } else {
            out.refusal("FAILED  " + test.name());
        }
        for (TestRun.Failure failure : failures) {
            out.line("    " + failure.assertion().text() + " does not hold"
                    + (failure.assertion().message() == null ? "" : ": " + failure.assertion().message()));
            failure.values().forEach((text, value) -> out.line("        " + text + " = " + value));
        }
    }

    /// Runs a training with the weights of the session, which has those that were learnt afterwards.
    private void train(Declaration.Train train, Map<String, String> settings) {
        var program = require(front.training(train, settings));
        if (program == null) {
            return;
        }
        var running = new TrainingEntry(program, front, sources.data(), team, folder);
        training = running;
        try {
            running.run(out.training());
        } finally {
            training = null;
        }
        for (TrainingEntry.Learnt model : running.learnt()) {
            String text = "val " + model.name() + " = " + model.text();
            Block statements = Parser.entry(source(text)).statements();
            EntryProgram bound = statements == null ? null : elaborate(statements, false);
            if (bound != null) {
                Set<String> replaced = front.accept(bound, false);
                running.give(model);
                texts.put(model.name(), text);
                out.line(model.name() + ": model = " + model.text() + ", trained");
                replaced(replaced);
            }
        }
    }

    /// Takes all declarations of a program, and carries out its `val`s; its tests and trainings wait to be called.
    boolean load(SourceFile file) {
        Parsed parsed = Parser.parse(file);
        if (parsed.diagnostics().hasErrors()) {
            out.mistakes(parsed.diagnostics().sorted());
            return false;
        }
        Set<String> before = Set.copyOf(front.declared().keySet());
        Module module = parsed.module();
        // Trainings may need the values that the `val`s have in the session.
        var trainings = new ArrayList<Declaration>();
        var others = new ArrayList<Declaration>();
        module.declarations().forEach(
                declaration -> (declaration instanceof Declaration.Train ? trainings : others).add(declaration));
        Module first = new Module(file, module.imports(), others);
        Module second = new Module(file, List.of(), trainings);
        if (require(front.declare(new Parsed(first, parsed.diagnostics()))) == null) {
            return false;
        }
        for (Declaration declaration : others) {
            if (declaration instanceof Declaration.Constant constant) {
                Block statements = Parser.entry(new SourceFile(file.name(), constant.span().text())).statements();
                if (statements != null) {
                    carryOut(statements, false);
                }
            }
        }
        if (require(front.declare(new Parsed(second, parsed.diagnostics()))) == null) {
            return false;
        }
        remember(parsed);
        var names = new ArrayList<String>();
        var replaced = new LinkedHashSet<String>();
        for (Declaration declaration : module.declarations()) {
            if (declaration instanceof Declaration.Described described && Names.of(described) != null) {
                String name = String.valueOf(Names.of(described));
                names.add(Names.keyword(described) + " " + name);
                if (before.contains(name)) {
                    replaced.add(name);
                }
            }
        }
        out.line(file.name() + ": " + (names.isEmpty() ? "nothing declared" : String.join(", ", names)));
        replaced(replaced);
        return true;
    }

    /// Keeps texts for `:save`.
    private void remember(Parsed parsed) {
        parsed.module().imports().forEach(each -> texts.put(each.span().text(), each.span().text()));
        for (Declaration declaration : parsed.module().declarations()) {
            if (declaration instanceof Declaration.Described described && Names.of(described) != null) {
                String name = String.valueOf(Names.of(described));
                texts.remove(name);
                texts.put(name, described.span().text());
            }
        }
    }

    /// What can stand behind `name.`: parameters and layers of a layer.
    public Set<String> members(String name) {
        var members = new TreeSet<String>();
        String owner = front.owner(name);
        if (owner != null) {
            front.variables().keySet().stream()
                    .filter(variable -> variable.startsWith(owner + "."))
                    .forEach(variable -> members.add(
                            variable.substring(owner.length() + 1).replaceFirst("\\..*", "")));
            members.add("params");
        }
        return members;
    }

    SessionFrontEnd front() {
        return front;
    }

    SessionSources sources() {
        return sources;
    }

    Path folder() {
        return folder;
    }

    /// The declarations and `val`s that hold, as a program.
    String text() {
        return String.join("\n\n", new LinkedHashSet<>(texts.values())) + "\n";
    }

    /// What was compiled last; null where nothing was.
    @Nullable
    CompiledEntry last() {
        return last;
    }

    @Override
    public void close() {
        team.close();
    }
}
