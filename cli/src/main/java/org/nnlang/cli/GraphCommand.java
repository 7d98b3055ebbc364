package org.nnlang.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.nnlang.cli.picture.DataFlow;
import org.nnlang.cli.picture.Drawing;
import org.nnlang.compiler.ir.Procedure;
import org.nnlang.compiler.pipeline.FrontEnd;
import org.nnlang.compiler.pipeline.Passes;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.compiler.syntax.Declaration;
import org.nnlang.compiler.syntax.Parser;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.file.Replacement;
import picocli.CommandLine;

/// `nn graph FILE`: a picture of what flows where in a model, or in a training on its way to the loss.
final class GraphCommand implements Callable<Integer> {
    final Usage usage =
            new Usage(this, "graph", "Draw what a model computes, from its inputs to its outputs.").footer("",
                    "For example:",
                    "  nn graph digits.nn --svg --output digits.svg",
                    "  nn graph digits.nn --dot | dot -Tpdf > digits.pdf");

    private final Program program = new Program(usage);

    private final Console console = usage.console();

    private final Given<@Nullable String> model =
            usage.option(String.class, "--model", "NAME", "Draw this model; the only one, unless given.");

    private final Given<@Nullable String> train =
            usage.option(String.class, "--train", "NAME", "Draw the way of this `train` to its loss and reports.");

    private final Given<Map<String, String>> settings =
            usage.pairs(String.class, "--set", "NAME=VALUE", "Another value for a hyper-parameter.");

    private final Given<Boolean> svg = usage.flag("--svg", "As SVG, for a browser.");
    private final Given<Boolean> dot = usage.flag("--dot", "For Graphviz; this is the default.");

    private final Given<@Nullable Path> output =
            usage.option(Path.class, "-o --output", "PATH", "Write here; else it is printed.");

    GraphCommand() {
        usage.either(svg, dot);
    }

    @Override
    public Integer call() {
        DataFlow flow = DataFlow.of(Passes.run(procedure(program.read())));
        boolean drawn = svg.get() || !dot.get() && output.get() != null && output.get().toString().endsWith(".svg");
        String text = drawn ? Drawing.svg(flow) : Drawing.dot(flow);
        Path file = output.get();
        if (file == null) {
            System.out.print(text);
        } else {
            write(file, text);
            System.out.println("drew " + flow.boxes().size() + " boxes to " + file);
        }
        return CommandLine.ExitCode.OK;
    }

    private Procedure procedure(SourceFile source) {
        boolean anyModel = Parser.parse(source).module().declarations().stream()
                .anyMatch(declaration -> declaration instanceof Declaration.Layer layer
                        && layer.kind() == Declaration.LayerKind.MODEL);
        return train.get() == null && (model.get() != null || anyModel)
                ? console.require(FrontEnd.model(source, program.sources(), model.get(), settings.get())).apply()
                : console.require(FrontEnd.training(source, program.sources(), train.get(), settings.get())).step()
                        .procedure();
    }

    /// Writes a text to a file: whole, or not at all.
    ///
    /// @throws NnException NN0852 where it can't be written
    static void write(Path file, String text) {
        try {
            Replacement.replace(file, text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw Unwritable.of(file, e);
        }
    }
}
