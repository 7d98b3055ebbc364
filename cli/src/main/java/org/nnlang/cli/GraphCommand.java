package org.nnlang.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
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
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `nn graph FILE`: a picture of what flows where in a model, or in a training on its way to the loss.
@Command(name = "graph", mixinStandardHelpOptions = true, description = "Draw what a model computes, from its inputs to its outputs.", footer = {
    "",
    "For example:",
    "  nn graph digits.nn --svg --output digits.svg",
    "  nn graph digits.nn --dot | dot -Tpdf > digits.pdf"})
final class GraphCommand implements Callable<Integer> {
    @Mixin
    private Program program = new Program();

    @Mixin
    private Console console = new Console();

    @Option(names = "--model", paramLabel = "NAME", description = "Draw this model; the only one, unless given.")
    private @Nullable String model;

    @Option(names = "--train", paramLabel = "NAME", description = "Draw the way of this `train` to its loss and reports.")
    private @Nullable String train;

    @Option(names = "--set", paramLabel = "NAME=VALUE", description = "Another value for a hyper-parameter.")
    private Map<String, String> settings = new LinkedHashMap<>();

    @ArgGroup
    private Language language = new Language();

    @Option(names = {"-o", "--output"}, paramLabel = "PATH", description = "Write here; else it is printed.")
    private @Nullable Path output;

    /// What the picture is written in.
    static final class Language {
        @Option(names = "--svg", description = "As SVG, for a browser.")
        private boolean svg;

        @Option(names = "--dot", description = "For Graphviz; this is the default.")
        private boolean dot;
    }

    @Override
    public Integer call() {
        DataFlow flow = DataFlow.of(Passes.run(procedure(program.read())));
        boolean drawn = language.svg || !language.dot && output != null && output.toString().endsWith(".svg");
        String text = drawn ? Drawing.svg(flow) : Drawing.dot(flow);
        Path file = output;
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
        return train == null && (model != null || anyModel)
                ? console.require(FrontEnd.model(source, program.sources(), model, settings)).apply()
                : console.require(FrontEnd.training(source, program.sources(), train, settings)).step().procedure();
    }

    /// Writes a text to a file.
    ///
    /// @throws NnException NN0852 where it can't be written
    static void write(Path file, String text) {
        try {
            Path folder = file.toAbsolutePath().getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new NnException("NN0852", "`" + file + "` can't be written: " + e.getMessage(), "name another place",
                    e);
        }
    }
}
