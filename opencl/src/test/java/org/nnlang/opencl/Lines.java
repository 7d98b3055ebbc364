package org.nnlang.opencl;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.nnlang.compiler.pipeline.BackEnd;
import org.nnlang.compiler.pipeline.FrontEnd;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.compiler.source.Sources;
import org.nnlang.runtime.data.DataExpression;
import org.nnlang.runtime.data.DataHeader;
import org.nnlang.runtime.data.DataSources;
import org.nnlang.runtime.kernel.Team;
import org.nnlang.runtime.program.Accelerator;
import org.nnlang.runtime.train.Trainer;
import org.nnlang.runtime.train.TrainerOptions;
import org.nnlang.runtime.train.TrainingPlan;
import org.nnlang.stdlib.StandardLibrary;

/// A small training without data: products, reductions, random numbers, dropout, an embedding, an optimizer.
final class Lines {
    private static final String TEXT = """
            model Line()(x: f32[b, 12], ids: i32[b]) -> f32[b, 4] =
                (x |> Dense(20, tanh)) + Embedding(5, 20)(ids) |> LayerNorm() |> Dropout(0.2) |> Dense(4)

            train Lines(steps: Int = 40, seed: Int = 1) {
                val net = Line()
                step {
                    val x = normal([16, 12])
                    val label = argmax(x[:, 0:4], axis = 1)
                    val logits = net(x, label)
                    minimize cross_entropy(logits, label) with Adam(1e-2)
                }
                checkpoint("out")
            }
            """;

    private Lines() {}

    /// The standard library alone.
    static final Sources LIBRARY = new Sources() {
        @Override
        public Optional<SourceFile> module(String module) {
            return StandardLibrary.text(module)
                    .map(found -> new SourceFile(StandardLibrary.fileName(module), found));
        }

        @Override
        public Optional<SourceFile> file(SourceFile importer, String path) {
            return Optional.empty();
        }

        @Override
        public DataHeader header(DataExpression expression) {
            throw new AssertionError(expression);
        }
    };

    static TrainingPlan plan(int steps) {
        return plan(TEXT, Map.of("steps", Integer.toString(steps)));
    }

    /// The plan of a program's only training; it imports from the standard library alone, and has no data.
    static TrainingPlan plan(String text, Map<String, String> settings) {
        var elaborated = FrontEnd.training(new SourceFile("lines.nn", text), LIBRARY, null, settings);
        if (elaborated.program() == null) {
            throw new AssertionError(elaborated.diagnostics().sorted());
        }
        return BackEnd.training(elaborated.program()).plan();
    }

    /// @param folder where the checkpoints go
    /// @param resume whether to go on from the last
    static Trainer trainer(TrainingPlan plan, Path folder, boolean resume, Accelerator device) {
        return new Trainer(
                plan, new DataSources(folder), Team.of(1),
                new TrainerOptions(resume ? folder.resolve("out") : null, folder, device));
    }
}
