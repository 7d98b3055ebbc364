package org.nnlang.compiler.lower;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.diagnostic.HumanRenderer;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Form.VariableKind;
import org.nnlang.compiler.ir.Procedure;
import org.nnlang.compiler.lower.TrainingProgram.Length;
import org.nnlang.compiler.lower.TrainingProgram.Report;
import org.nnlang.compiler.pipeline.FrontEnd;
import org.nnlang.compiler.source.SourceFile;

class TrainLoweringTest {
    private static final String IRIS = """
            model Net(hidden: Int = 8)(x: f32[b, 4]) -> f32[b, 3] = x |> Dense(hidden, relu) |> Dropout(0.1) |> Dense(3)

            train Iris(flowers: Data = csv("iris.csv"), lr: Float = 1e-2, epochs: Int = 10, batch: Int = 16, seed: Int = 7) {
                val (learn, held_out) = flowers.split(0.8, stratify = "label")
                val net = Net()
                step (x, label) in learn.shuffle() {
                    val logits = net(x)
                    minimize cross_entropy(logits, label) with Adam(lr)
                    report accuracy(logits, label)
                    report f1 = F1(positive = 2)(logits, label)
                }
                validate (x, label) in held_out {
                    report accuracy(net(x), label)
                    report F1()(net(x), label)
                }
                early_stop(highest = validate.accuracy, patience = 3)
                checkpoint("out/iris", lowest = train.loss)
            }
            """;

    private static TrainingProgram train(String text, Map<String, String> settings) {
        var elaborated = FrontEnd.training(new SourceFile("test.nn", text), new TestSources(List.of()), null, settings);
        assertEquals("", new HumanRenderer(false).render(elaborated.diagnostics().sorted()));
        return Objects.requireNonNull(elaborated.program());
    }

    private static TrainingProgram train(String text) {
        return train(text, Map.of());
    }

    private static List<Code> mistakes(String text, Map<String, String> settings) {
        var elaborated = FrontEnd.training(new SourceFile("test.nn", text), new TestSources(List.of()), null, settings);
        return elaborated.diagnostics().sorted().stream().map(Diagnostic::code).toList();
    }

    private static List<String> names(TrainingProgram program, VariableKind kind) {
        return program.variables().stream()
                .filter(v -> v.kind() == kind)
                .map(ProgramVariable::name)
                .toList();
    }

    private static List<Long> streams(Procedure procedure) {
        return procedure.nodes().stream()
                .flatMap(
                        node -> node.form() instanceof Form.Random random ? Stream.of(random.stream()) : Stream.empty())
                .toList();
    }

    @Test
    void aStepMayLearnWithoutALoss() {
        TrainingProgram program = train("""
                layer Centre()(x: f32[b, d]) -> f32 {
                    state centre: f32[d] = 0
                    state count: f32 = 0
                    if training {
                        count := count + b
                        centre := centre + sum(x - centre, axis = 0) / count
                    }
                    mean((x - centre)^2)
                }
                train Mean(flowers: Data = csv("iris.csv"), epochs: Int = 1) {
                    val centre = Centre()
                    step (x, _) in flowers {
                        val distance = centre(x)
                        report distance
                    }
                    early_stop(lowest = train.distance, patience = 3)
                }
                """);
        assertEquals(List.of("centre.centre", "centre.count"), names(program, VariableKind.STATE));
        assertEquals(
                List.of("centre.centre", "centre.count"),
                program.step().procedure().updates().stream().map(Procedure.Update::variable).toList());
        assertEquals(
                List.of(new Report("distance", Report.Kind.MEAN, List.of())), program.step().reports());
    }

    @Test
    void whatAMetricCountsIsNothingLearnt() {
        assertEquals(List.of(Code.NOTHING_MINIMIZED), mistakes("""
                train Counted(flowers: Data = csv("iris.csv"), epochs: Int = 1) {
                    val net = Dense(3)
                    step (x, label) in flowers { report f1 = F1()(net(x), label) }
                }
                """, Map.of()));
    }

    @Test
    void weightsAreNamedAfterBindingsAndTypes() {
        TrainingProgram iris = train(IRIS);
        assertEquals(
                List.of("net.dense.W", "net.dense.b", "net.dense2.W", "net.dense2.b"),
                names(iris, VariableKind.PARAMETER));
        assertTrue(names(iris, VariableKind.SLOT).contains("adam.net.dense2.W.v"));
        assertEquals(
                List.of(
                        "f1.hits",
                        "f1.claims",
                        "f1.members",
                        "validate.f1.hits",
                        "validate.f1.claims",
                        "validate.f1.members"),
                names(iris, VariableKind.STATE));
    }

    @Test
    void everyVariableHasAFirstValue() {
        TrainingProgram iris = train(IRIS);
        assertEquals(
                iris.variables().stream().map(ProgramVariable::name).toList(),
                iris.init().updates().stream().map(Procedure.Update::variable).toList());
        assertTrue(iris.init().inputs().isEmpty());
    }

    @Test
    void loopsKnowTheirDataAndTheirReports() {
        TrainingProgram iris = train(IRIS);
        TrainingProgram.Loop step = iris.step();
        assertEquals(
                "csv(\"iris.csv\").split(0.8, stratify = \"label\", seed = 7)[0].shuffle(seed = 7)",
                String.valueOf(step.data()));
        assertEquals(List.of("features", "label"), step.fields().stream().map(TrainingProgram.Field::input).toList());
        assertEquals(
                List.of(
                        new Report("loss", Report.Kind.LOSS, List.of()),
                        new Report("accuracy", Report.Kind.MEAN, List.of()),
                        new Report("f1", Report.Kind.LAST, List.of("f1.hits", "f1.claims", "f1.members"))),
                step.reports());
        TrainingProgram.Loop validate = Objects.requireNonNull(iris.validate());
        assertEquals(List.of("accuracy", "f1"), validate.reports().stream().map(Report::name).toList());
        assertTrue(streams(validate.procedure()).isEmpty(), "dropout draws in training only");
        assertTrue(validate.procedure().updates().stream().allMatch(u -> u.kind() == VariableKind.STATE));
        assertEquals("[EarlyStop[metric=validate.accuracy, highest=true, patience=3]]", iris.earlyStops().toString());
        assertEquals("[Checkpoint[path=out/iris, metric=train.loss, highest=false]]", iris.checkpoints().toString());
    }

    @Test
    void settingsReplaceDefaults() {
        TrainingProgram set = train(IRIS,
                Map.of("lr", "2 * 1e-3", "steps", "50", "batch", "4", "flowers", "csv(\"other.csv\")", "seed", "1"));
        assertEquals(new Length.Steps(50), set.length());
        assertEquals(4, set.batch());
        assertEquals(1, set.seed());
        assertTrue(String.valueOf(set.step().data()).startsWith("csv(\"other.csv\")"));
        assertEquals(2e-3, set.hyperparameters().get(1).value());
        assertEquals(new Length.Epochs(10), train(IRIS).length());
    }

    @Test
    void wrongSettingsAreMistakes() {
        assertEquals(List.of(Code.UNKNOWN_ARGUMENT), mistakes(IRIS, Map.of("learning_rate", "1")));
        assertEquals(List.of(Code.WRONG_TYPE), mistakes(IRIS, Map.of("epochs", "1.5")));
        assertFalse(mistakes(IRIS, Map.of("lr", "1e-3 +")).isEmpty());
    }

    @Test
    void aLayerAddedElsewhereChangesNoDraws() {
        TrainingProgram before = train(IRIS);
        TrainingProgram after = train(
                IRIS.replace("Dropout(0.1)", "Dense(8) |> Dropout(0.1)").replace("|> Dense(3)", "|> Dense(3)"));
        assertEquals(streams(before.step().procedure()), streams(after.step().procedure()));
        assertEquals(
                streams(before.init()).getFirst(),
                streams(after.init()).getFirst(),
                "the first layer's weights start as they did");
    }

    @Test
    void noTwoDrawsShareAStream() {
        TrainingProgram program = train(
                """
                train Noise(steps: Int = 3) {
                    val net = Dense(2)
                    val drop = Dropout(0.5)
                    step {
                        var x = drop(drop(normal([4, 3]) + normal([4, 3])))
                        for (i in 0..<3) { x = x + uniform([4, 3]) }
                        minimize mean(drop(net(x))) with SGD()
                    }
                }
                """);
        List<Long> streams = streams(program.step().procedure());
        assertEquals(8, streams.size());
        assertEquals(8, streams.stream().distinct().count());
        assertNull(program.step().data());
        assertEquals(1, program.batch());
    }

    @Test
    void eachMinimizeHasItsOwnSlotsAndCounts() {
        TrainingProgram program = train(
                """
                train Two(data: Data = npy("x.npy"), steps: Int = 3) {
                    val first = Dense(2)
                    val second = Dense(2)
                    step x in data {
                        minimize mean(first(x)) over first with Adam()
                        for (i in 0..<2) { minimize mean(second(first(x))) over second with Adam() }
                    }
                }
                """);
        List<String> slots = names(program, VariableKind.SLOT);
        assertTrue(slots.contains("adam.first.W.m") && slots.contains("adam2.second.W.m"), slots::toString);
        assertFalse(slots.contains("adam.second.W.m"), slots::toString);
        assertTrue(slots.contains("adam2.step") && !slots.contains("adam.step"), slots::toString);
        assertEquals(
                List.of("loss", "loss2", "loss3"), program.step().reports().stream().map(Report::name).toList());
    }

    @Test
    void gradientsDoNotRunThroughUpdates() {
        TrainingProgram program = train(
                """
                train Gan(data: Data = npy("x.npy"), steps: Int = 3) {
                    val maker = Dense(4, bias = false)
                    val judge = Dense(1, bias = false)
                    step x in data {
                        val fake = maker(x)
                        minimize mean(judge(fake)) over judge with SGD()
                        minimize -mean(judge(fake)) over maker with SGD()
                    }
                }
                """);
        Map<String, Long> updates = program.step().procedure().updates().stream()
                .collect(java.util.stream.Collectors.groupingBy(Procedure.Update::variable,
                        java.util.stream.Collectors.counting()));
        assertEquals(Map.of("maker.W", 1L, "judge.W", 1L), updates);
        assertTrue(program.variables().stream().allMatch(ProgramVariable::trainable));
    }

    @Test
    void trainingIsTrueInTheStepAlone() {
        String text = """
                layer Shift()(x: f32[b, n]) -> f32[b, n] {
                    state seen: f32 = 0
                    if (training) { seen := seen + 1 }
                    x + seen
                }
                train T(data: Data = npy("x.npy"), steps: Int = 3) {
                    val shift = Shift()
                    val net = Dense(1)
                    step x in data { minimize mean(net(shift(x))) with SGD() }
                    validate x in data { report m = mean(net(shift(x))) }
                }
                """;
        TrainingProgram program = train(text);
        assertTrue(program.step().procedure().updates().stream().anyMatch(u -> u.variable().equals("shift.seen")));
        assertTrue(Objects.requireNonNull(program.validate()).procedure().updates().isEmpty());
    }

    @Test
    void aModelAloneHasNamesWithoutItsBinding() {
        var model = FrontEnd.model(
                new SourceFile("test.nn", IRIS), new TestSources(List.of()), "Net", Map.of("hidden", "5"));
        ModelProgram program = Objects.requireNonNull(model.program());
        assertEquals(
                List.of("dense.W", "dense.b", "dense2.W", "dense2.b"),
                program.variables().stream().map(ProgramVariable::name).toList());
        assertEquals("f32[4, 5]", program.variables().getFirst().type().toString());
        assertEquals("f32[b, 4]", program.apply().inputs().getFirst().type().toString());
        assertEquals("f32[b, 3]", program.apply().outputs().getFirst().node().type().toString());
        assertTrue(streams(program.apply()).isEmpty());
    }

    @Test
    void aRequirementOnAFreeDimensionBecomesAConstraint() {
        var model = FrontEnd.model(
                new SourceFile(
                        "test.nn",
                        """
                        model Halves()(x: f32[b, t]) -> f32[b, t / 2] {
                            require t % 2 == 0 : "$t is odd"
                            x[:, :t / 2] + x[:, t / 2:]
                        }
                        """),
                new TestSources(List.of()),
                null,
                Map.of());
        ModelProgram program = Objects.requireNonNull(model.program());
        Constraint odd = program.constraints().getFirst();
        assertEquals("t is odd", odd.message());
        assertTrue(odd.holds(_ -> 4));
        assertFalse(odd.holds(_ -> 3));
        assertNotEquals(List.of(), program.constraints());
    }

    @Test
    void whatASliceReadsIsAskedForWhereItDependsOnFreeDimensions() {
        var model = FrontEnd.model(
                new SourceFile(
                        "test.nn",
                        """
                        model Places()(x: f32[b, t], y: f32[b, s]) -> f32[b] =
                            x[:, 3] + x[:, s] + sum(x[:, s - 4:], axis = 1) + x[:, -1] + sum(x[:, :t - 1] + x[:, 1:])
                        """),
                new TestSources(List.of()),
                null,
                Map.of());
        List<Constraint> constraints = Objects.requireNonNull(model.program()).constraints();
        assertEquals(
                List.of("t - 4 >= 0.0", "-s + t - 1 >= 0.0", "s - 4 >= 0.0", "-s + t + 4 >= 0.0"),
                constraints.stream().map(constraint -> constraint.condition().toString()).toList());
        assertEquals("there is no element s: the axis has t", constraints.get(1).message());
    }
}
