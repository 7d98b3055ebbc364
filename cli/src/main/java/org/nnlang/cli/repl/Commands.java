package org.nnlang.cli.repl;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.lower.EntryProgram;
import org.nnlang.compiler.lower.EntryProgram.Answer;
import org.nnlang.compiler.lower.EntryProgram.Computed;
import org.nnlang.compiler.lower.Manual;
import org.nnlang.compiler.pipeline.BackEnd;
import org.nnlang.compiler.pipeline.BackEnd.CompiledEntry;
import org.nnlang.compiler.syntax.Block;
import org.nnlang.compiler.syntax.Entered;
import org.nnlang.compiler.syntax.Parser;
import org.nnlang.runtime.Nearest;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.checkpoint.Checkpoint;
import org.nnlang.runtime.file.Refusal;
import org.nnlang.runtime.file.Replacement;
import org.nnlang.runtime.program.Image;
import org.nnlang.runtime.program.Note;
import org.nnlang.runtime.tensor.Tensor;

/// The commands of a session: what begins with a colon.
public final class Commands {
    /// Types that alone say little.
    private static final Set<String> WITH_TEXT = Set.of("Fn", "Data", "layer", "model", "optimizer");

    private static final long TIMING_NANOS = 500_000_000;

    private final Session session;
    private final Output out;
    private final Map<String, Command> all = new LinkedHashMap<>();
    private final Set<String> loaded = new LinkedHashSet<>();

    /// @param argument what it takes, as help shows it
    private record Command(String argument, String help, Consumer<String> action) {}

    Commands(Session session, Output out) {
        this.session = session;
        this.out = out;
        add("type", "EXPR", "the type of an expression, which is not computed", text -> types(text, false));
        add("shape", "EXPR", "the shape of a tensor, which is not computed", text -> types(text, true));
        add("ir", "[EXPR]", "the graph of an expression after all passes; of the last one, unless given",
                text -> compiled(text, entry -> out.line(entry.run().procedure().toString().stripTrailing())));
        add("fused", "[EXPR]", "the steps of its program, and the loops that were fused",
                text -> compiled(text, entry -> steps(entry.run().image())));
        add("bytecode", "[EXPR]", "the class it becomes",
                text -> compiled(text, entry -> out.line(entry.run().code().listing().stripTrailing())));
        add("grad", "EXPR", "the gradient of its sum by every tensor and weight it depends on", this::gradients);
        add("time", "EXPR", "how long it takes to compile and to compute", this::time);
        add("plot", "EXPR", "a curve of a vector, a picture of a matrix or an image", this::plot);
        add("doc", "NAME", "what a name stands for", this::doc);
        add("load", "FILE", "the declarations of a program; its trainings run when they are called", this::load);
        add("reload", "", "the same files again", _ -> reload());
        add("save", "FILE", "what was declared and bound, as .nn; the weights of layers, as .safetensors", this::save);
        add("help", "", "this list", _ -> help());
        add("quit", "", "the end of the session; Ctrl-D as well", _ -> {});
    }

    private void add(String name, String argument, String help, Consumer<String> action) {
        all.put(name, new Command(argument, help, action));
    }

    /// Their names, with the colon.
    public static List<String> names() {
        return List.of(":type", ":shape", ":ir", ":fused", ":bytecode", ":grad", ":time", ":plot", ":doc", ":load",
                ":reload", ":save", ":help", ":quit");
    }

    /// Runs a command; false where it ends the session.
    boolean run(String text) {
        String[] parts = text.substring(1).split("\\s+", 2);
        String name = parts[0].toLowerCase(Locale.ROOT);
        String argument = parts.length == 2 ? parts[1].strip() : "";
        List<String> meant = all.containsKey(name)
                ? List.of(name)
                : name.isEmpty() ? List.of()
                : all.keySet().stream().filter(each -> each.startsWith(name)).toList();
        if (meant.size() > 1) {
            out.refusal("`:" + name + "` may be " + meant.stream().map(each -> "`:" + each + "`")
                    .collect(Collectors.joining(" or ")));
            return true;
        }
        if (meant.isEmpty()) {
            out.refusal("there is no command `:" + name + "`"
                    + Nearest.of(name, all.keySet()).map(near -> "; did you mean `:" + near + "`?")
                            .orElse("; `:help` lists them"));
            return true;
        }
        Command command = all.get(meant.getFirst());
        if (command == null || meant.getFirst().equals("quit")) {
            return false;
        }
        if (argument.isEmpty() && !command.argument().isEmpty() && !command.argument().startsWith("[")) {
            out.refusal(":" + meant.getFirst() + " " + command.argument() + "   " + command.help());
            return true;
        }
        command.action().accept(argument);
        return true;
    }

    private void help() {
        out.line("Enter an expression, a statement or a declaration. An entry goes on while a bracket is open.");
        all.forEach((name, command) -> out.line(
                String.format("  %-18s %s", ":" + name + " " + command.argument(), command.help())));
    }

    /// What an expression means; null where it has mistakes, which are shown.
    private @Nullable EntryProgram program(String text, boolean gradients) {
        Entered entered = Parser.entry(session.source(text));
        Block statements = entered.statements();
        if (entered.parsed().diagnostics().hasErrors()) {
            out.mistakes(entered.parsed().diagnostics().sorted());
            return null;
        }
        if (statements == null) {
            out.refusal("this is a declaration; the command takes an expression");
            return null;
        }
        return session.elaborate(statements, gradients);
    }

    private void types(String text, boolean shapes) {
        EntryProgram program = program(text, false);
        if (program != null) {
            for (EntryProgram.Result result : program.results()) {
                Answer answer = result.answer();
                String head = result.label().isEmpty() ? "" : result.label() + ": ";
                if (!shapes) {
                    String more = answer instanceof EntryProgram.Known known
                            && WITH_TEXT.contains(known.type())
                                    ? "  " + known.text()
                                    : "";
                    out.line(head + answer.type() + more);
                } else if (answer instanceof Computed computed) {
                    out.line(head + computed.tensor().shape());
                } else {
                    out.line(head + "no tensor: " + answer.type());
                }
            }
        }
    }

    private void compiled(String text, Consumer<CompiledEntry> show) {
        CompiledEntry entry;
        if (text.isEmpty()) {
            entry = session.last();
            if (entry == null) {
                out.refusal("nothing has been computed yet");
            }
        } else {
            EntryProgram program = program(text, false);
            entry = program == null ? null : BackEnd.entry(program);
        }
        if (entry != null) {
            show.accept(entry);
        }
    }

    private void steps(Image image) {
        out.line(image.steps().size() == 1 ? "1 step" : image.steps().size() + " steps");
        for (int i = 0; i < image.steps().size(); i++) {
            Note note = image.notes().get(i);
            out.line(String.format("%4d  ", i) + note.label());
        }
        for (int i = 0; i < image.programs().size(); i++) {
            out.line("loop " + i + ": " + image.programs().get(i).toString().stripTrailing());
        }
    }

    private void gradients(String text) {
        EntryProgram program = program(text, true);
        if (program != null) {
            Evaluation evaluation = evaluate(BackEnd.entry(program));
            program.results().forEach(result -> show(result, evaluation));
        }
    }

    private Evaluation evaluate(CompiledEntry entry) {
        Evaluation evaluation = session.evaluation(entry);
        session.run(evaluation);
        return evaluation;
    }

    private void show(EntryProgram.Result result, Evaluation evaluation) {
        var outputs = new LinkedHashMap<String, Tensor>();
        collect(result.answer(), evaluation, outputs);
        out.answer(result.label(), result.answer(), outputs);
    }

    private static void collect(Answer answer, Evaluation evaluation, Map<String, Tensor> outputs) {
        switch (answer) {
            case EntryProgram.Known _ -> {}
            case Computed computed -> outputs.put(computed.output(), evaluation.output(computed.output()));
            case EntryProgram.Several several ->
                several.parts().forEach(part -> collect(part, evaluation, outputs));
        }
    }

    private void time(String text) {
        long start = System.nanoTime();
        EntryProgram program = program(text, false);
        if (program == null) {
            return;
        }
        CompiledEntry entry = BackEnd.entry(program);
        Evaluation evaluation = evaluate(entry);
        long first = System.nanoTime();
        var times = new ArrayList<Long>();
        while (System.nanoTime() - first < TIMING_NANOS && times.size() < 10_000) {
            long before = System.nanoTime();
            evaluation.again();
            times.add(System.nanoTime() - before);
        }
        long[] sorted = times.stream().mapToLong(Long::longValue).sorted().toArray();
        out.line("compiled and computed once in " + duration(first - start) + "; computed again in "
                + duration(sorted[sorted.length / 2]) + " (median of " + sorted.length + ")");
    }

    private static String duration(long nanos) {
        return nanos < 10_000 ? nanos + " ns"
                : nanos < 10_000_000 ? String.format(Locale.ROOT, "%.1f µs", nanos / 1e3)
                : String.format(Locale.ROOT, "%.1f ms", nanos / 1e6);
    }

    private void plot(String text) {
        EntryProgram program = drawn(text);
        if (program == null) {
            return;
        }
        Answer answer = program.results().isEmpty() ? null : program.results().getLast().answer();
        List<Answer> parts = answer instanceof EntryProgram.Several several
                ? several.parts()
                : answer == null ? List.of()
                : List.of(answer);
        if (parts.stream().noneMatch(Computed.class::isInstance)) {
            out.refusal("`:plot` takes a tensor or a list of numbers"
                    + (answer == null ? "" : ", and this is " + answer.type()));
            return;
        }
        Evaluation evaluation = evaluate(BackEnd.entry(program));
        for (Answer part : parts) {
            if (part instanceof Computed computed) {
                Tensor tensor = evaluation.output(computed.output());
                if (TerminalPicture.canDraw(tensor)) {
                    out.line(TerminalPicture.of(tensor, out.colored()));
                } else {
                    out.refusal(
                            "`:plot` draws a curve of f32[n] and a picture of f32[h, w], f32[h, w, 1] and f32[h, w, 3], and this is "
                                    + computed.type());
                }
            } else {
                out.refusal("`:plot` takes a tensor or a list of numbers, and a part of this is " + part.type());
            }
        }
    }

    /// What is to be drawn. A list of numbers is as good as the tensor that functions make of it.
    private @Nullable EntryProgram drawn(String text) {
        EntryProgram program = program(text, false);
        boolean numbers = program != null
                && program.results().size() == 1
                && program.results().getFirst().answer() instanceof EntryProgram.Known known
                && known.type().matches("(List<)+(Int|Float)>+");
        return numbers ? program("f32(" + text + "\n)", false) : program;
    }

    private void doc(String name) {
        Manual.Page page = Manual.page(session.front().find(name), name, session.sources().operations());
        if (page != null) {
            out.line(page.toString());
        } else {
            out.refusal("nothing here is called `" + name + "`"
                    + Nearest.of(name, session.names()).map(near -> "; did you mean `" + near + "`?").orElse(""));
        }
    }

    private void load(String path) {
        if (session.load(session.sources().program(path))) {
            loaded.add(path);
        }
    }

    private void reload() {
        if (loaded.isEmpty()) {
            out.refusal("nothing was loaded yet: `:load FILE`");
        }
        session.sources().refresh();
        session.front().refresh();
        List.copyOf(loaded).forEach(this::load);
    }

    private void save(String path) {
        Path file = session.folder().resolve(path);
        if (path.endsWith(".safetensors")) {
            var weights = new LinkedHashMap<String, Tensor>();
            for (String name : session.front().declared().keySet()) {
                String owner = session.front().owner(name);
                session.front().variables().forEach((variable, value) -> {
                    if (owner != null && (variable.startsWith(owner + ".") || variable.equals(owner))) {
                        weights.put(name + variable.substring(owner.length()), value);
                    }
                });
            }
            new Checkpoint(weights, Map.of()).write(file);
            out.line("saved " + weights.size() + " tensors to " + path);
            return;
        }
        try {
            Replacement.replace(file, session.text().getBytes(StandardCharsets.UTF_8));
            out.line("saved " + path);
        } catch (IOException e) {
            Refusal refusal = Refusal.toWrite(file, e);
            throw new NnException(
                    "NN0852", path + " can't be written: " + refusal.reason(), refusal.wayOr("name another place"), e);
        }
    }

    /// The commands that take a path, with the colon.
    public static List<String> withPath() {
        return List.of(":load", ":save");
    }
}
