package org.nnlang.compiler.lower;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.nnlang.compiler.ir.TensorType;
import org.nnlang.compiler.syntax.Block;
import org.nnlang.compiler.syntax.Declaration;
import org.nnlang.compiler.type.ModuleScope;

/// The way into elaboration: one program for each declaration that can be run.
public final class Lowering {
    private final Context context;
    private Map<String, List<TensorType>> applied = Map.of();
    private final Set<Declaration> reached = new HashSet<>();

    public Lowering(Context context) {
        this.context = context;
    }

    /// A `train` with hyper-parameters set by name to the texts of expressions; empty where there are mistakes.
    public Optional<TrainingProgram> train(
            Declaration.Train train, ModuleScope module, Map<String, String> settings) {
        var lowering = new TrainLowering(context, train, module, settings, Elaboration.Mode.PROGRAM);
        Optional<TrainingProgram> program = lowering.lower();
        applied = lowering.elaboration().calls.applied(_ -> true);
        reached.addAll(lowering.elaboration().reached);
        return program;
    }

    /// By the names of layers the types of the inputs that the last `train` first applied them to.
    public Map<String, List<TensorType>> applied() {
        return applied;
    }

    /// A `model`; empty where there are mistakes.
    public Optional<ModelProgram> model(Declaration.Layer model, ModuleScope module, Map<String, String> settings) {
        var lowering = new ModelLowering(context);
        Optional<ModelProgram> program = lowering.lower(model, module, settings);
        reached.addAll(lowering.elaboration().reached);
        return program;
    }

    /// A `test`; empty where there are mistakes.
    public Optional<TestProgram> test(Declaration.Test test, ModuleScope module) {
        var lowering = new TestLowering(context);
        Optional<TestProgram> program = lowering.lower(test, module);
        reached.addAll(lowering.elaboration().reached);
        return program;
    }

    /// Statements of a session; empty where there are mistakes.
    ///
    /// @param unique gives a name that is bound one that no other value of the session has
    /// @param step how often the session has minimized, from 1
    /// @param gradients whether to add the gradients of the last value
    public Optional<EntryProgram> entry(
            Block statements, ModuleScope module, UnaryOperator<String> unique, long step, boolean gradients) {
        return new EntryLowering(context, statements, module, unique, step).lower(gradients);
    }

    /// Checks declarations that join a module.
    public void check(List<? extends Declaration> declarations, ModuleScope module) {
        new SymbolicCheck(context).check(declarations, module);
    }

    /// Checks all that a module declares: what runs by running its elaboration, the rest with unknown parameters.
    public void check(ModuleScope module) {
        for (Declaration declaration : module.syntax().declarations()) {
            switch (declaration) {
                case Declaration.Train train -> {
                    boolean complete = train.hyperparameters().stream().allMatch(p -> p.fallback() != null);
                    var lowering = new TrainLowering(
                            context,
                            train,
                            module,
                            Map.of(),
                            complete ? Elaboration.Mode.PROGRAM : Elaboration.Mode.SYMBOLIC);
                    lowering.lower();
                    reached.addAll(lowering.elaboration().reached);
                }
                case Declaration.Test test -> test(test, module);
                case Declaration.Function _, Declaration.Layer _, Declaration.Optimizer _, Declaration.Constant _, Declaration.Invalid _,org.nnlang.compiler.syntax.Import _ ->
                    {}
            }
        }
        new SymbolicCheck(context).check(module, reached);
    }
}
