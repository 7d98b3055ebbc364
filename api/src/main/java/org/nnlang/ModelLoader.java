package org.nnlang;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.pipeline.BackEnd;
import org.nnlang.compiler.pipeline.BackEnd.CompiledModel;
import org.nnlang.compiler.pipeline.FrontEnd;
import org.nnlang.files.Recorded;
import org.nnlang.runtime.checkpoint.Checkpoint;
import org.nnlang.runtime.kernel.Machine;
import org.nnlang.runtime.kernel.Team;
import org.nnlang.runtime.model.Model;
import org.nnlang.runtime.program.Instance;
import org.nnlang.runtime.program.Memory;

/// Loads a model of a program: first its settings, then one of the methods that end in a [Model].
///
/// A model is safe for several threads, which take turns; load it once for each thread to compute at the same time. What
/// the training did to its data by [standardize][org.nnlang.runtime.data.DataExpression.Standardize], the model does to
/// its inputs.
public final class ModelLoader {
    private final Program program;
    private final @Nullable String name;
    private final Settings settings = new Settings();
    private int threads = 1;

    ModelLoader(Program program, @Nullable String name) {
        this.program = program;
        this.name = name;
    }

    /// Gives a hyper-parameter another value than it had in training, which the checkpoint tells.
    ///
    /// @param value a number, a boolean, a text, or a list of these
    /// @throws IllegalArgumentException for a value of another class
    public ModelLoader set(String hyperparameter, Object value) {
        settings.set(hyperparameter, value);
        return this;
    }

    /// Gives a hyper-parameter the value of an expression of the language.
    public ModelLoader expression(String hyperparameter, String text) {
        settings.expression(hyperparameter, text);
        return this;
    }

    /// How many threads compute one answer; the calling one alone, unless said. More pay for large batches. They end when
    /// the model is no longer used.
    ///
    /// @throws IllegalArgumentException for less than one
    public ModelLoader threads(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("a model needs at least one thread, not " + count);
        }
        threads = count;
        return this;
    }

    /// With the weights of a file, or of the best model in a training's folder.
    ///
    /// @throws ProgramException where the program has mistakes
    /// @throws org.nnlang.runtime.NnException NN0801 where there is no checkpoint, NN0802 and NN0803 where it can't be
    ///     read, NN0822 where it is of another model
    public Model from(Path checkpoint) {
        return from(Recorded.at(checkpoint));
    }

    /// With weights from memory.
    ///
    /// @throws ProgramException where the program has mistakes
    /// @throws org.nnlang.runtime.NnException NN0822 where they are of another model
    public Model from(Checkpoint checkpoint) {
        return from(new Recorded(Path.of("checkpoint"), checkpoint));
    }

    /// With the weights that a stream holds, to its end; it is not closed.
    ///
    /// @throws ProgramException where the program has mistakes
    /// @throws org.nnlang.runtime.NnException NN0802 and NN0803 where they can't be read, NN0822 where they are of
    ///     another model
    /// @throws IOException where the stream breaks off
    public Model from(InputStream checkpoint) throws IOException {
        return from(Checkpoint.read(checkpoint, "checkpoint"));
    }

    /// With the weights that a training with this seed would begin with.
    ///
    /// @throws ProgramException where the program has mistakes
    public Model untrained(long seed) {
        CompiledModel compiled = compiled(_ -> Map.of());
        Machine.announce();
        var memory = new Memory(compiled.apply().image().variables());
        Instance init = Instance.bind(
                compiled.init().image(), compiled.init().load(), memory, Map.of(), Team.of(1));
        init.seed(seed);
        init.step(0);
        init.run();
        return new Model(compiled.apply().image(), compiled.apply().load(), memory, Team.of(threads));
    }

    private Model from(Recorded recorded) {
        CompiledModel compiled =
                compiled(model -> recorded.hyperparameters(model, settings.texts().keySet()));
        return Model.of(
                compiled.apply().image(),
                compiled.apply().load(),
                recorded.checkpoint(),
                recorded.file().toString(),
                Team.of(threads));
    }

    private CompiledModel compiled(Function<String, Map<String, String>> recorded) {
        return BackEnd.model(Program.require(
                FrontEnd.model(program.source(), program.sources(), name, settings.texts(), recorded)));
    }
}
