package org.nnlang.cli;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nnlang.runtime.checkpoint.Checkpoint;
import org.nnlang.runtime.json.Json;

/// What every command takes, gives and ends with.
class CommandLineTest {
    private static final String PROGRAM = """
            model Iris(width: Int = 8)(features: f32[b, 4]) -> f32[b, 3] = features |> Dense(width, tanh) |> Dense(3)

            train Species(
                flowers: Data = csv("iris.csv", label = "species"),
                lr: Float = 1e-2,
                smoothing: Float = 0,
                width: Int = 8,
                nesterov: Bool = false,
                title: String = "plain",
                rate: Schedule = 0.01,
                epochs: Int = 2,
                batch: Int = 50,
                seed: Int = 1
            ) {
                val net = Iris(width)
                step (features, label) in flowers.shuffle() {
                    val logits = net(features)
                    minimize cross_entropy(logits, label, smoothing) with SGD(rate, momentum = lr, nesterov = nesterov)
                    report accuracy(logits, label)
                }
                validate (features, label) in flowers {
                    report accuracy(net(features), label)
                }
                checkpoint("out", highest = validate.accuracy)
            }
            """;

    @TempDir
    private Path folder;

    private Path program = Path.of("");

    @BeforeEach
    void write() throws IOException {
        Repository.copySamples(folder, "iris/iris.csv", "iris/iris.nn");
        program = Files.writeString(folder.resolve("species.nn"), PROGRAM);
    }

    private Answer train(Object... more) {
        return Answer.good(Stream.concat(
                Stream.of("train", program, "--output", folder, "--json"), Stream.of(more)).toArray());
    }

    private static double loss(Answer answer) {
        return answer.objects().getLast().get("train").get("loss").decimal();
    }

    // ---- exit codes and usage

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "0; --help",
        "0; --version",
        "0; help",
        "0; help train",
        "0; help NN0203",
        "0; train --help",
        "1; check missing.nn",
        "1; train missing.nn",
        "1; test missing.nn",
        "1; explain missing.nn",
        "1; run missing.nn --checkpoint out --input x.csv",
        "2; check",
        "2; train",
        "2; trian x.nn",
        "2; train x.nn --epochs many",
        "2; train x.nn --epoch 3",
        "2; train x.nn --threads 0",
        "2; run x.nn --threads 2000000000",
        "2; generate x.nn --checkpoint out --threads many",
        "2; repl --threads -1",
        "2; generate-completion --color pink",
        "2; train x.nn --set lr",
        "2; run",
        "2; check x.nn --format xml",
        "2; help NN9999",
        "2; compile x.nn"})
    void exitCodesTellDoneFromWrongFromMisused(int exit, String arguments) {
        Answer answer = Answer.to((Object[]) arguments.split(" "));
        assertEquals(exit, answer.exit(), answer::toString);
        assertEquals(exit == 0, answer.err().isEmpty(), answer::toString);
        assertFalse(answer.err().contains("\tat "), answer::toString);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "trian x.nn; nn train",
        "train x.nn --epoch 3; --epochs",
        "help trian; did you mean train?",
        "train x.nn --batch 3; a hyper-parameter is given by `--set batch=…`",
        "help NN203; did you mean NN0203?"})
    void misspeltWordsGetTheNearestOne(String arguments, String suggestion) {
        Answer answer = Answer.to((Object[]) arguments.split(" "));
        assertTrue(answer.err().contains(suggestion), answer::err);
    }

    @Test
    void withoutACommandThereIsAnOverview() {
        Answer answer = Answer.good();
        for (String command : List.of("check", "train", "run", "explain", "test", "compile", "help",
                "generate-completion")) {
            assertTrue(answer.out().contains("\n  " + command), command);
        }
    }

    @Test
    void completionIsAScriptThatKnowsTheOptions() {
        String script = Answer.good("generate-completion").out();
        assertTrue(script.contains("--resume") && script.contains("complete -F"), script);
    }

    // ---- help

    @Test
    void helpShowsThePageOfACode() throws IOException {
        for (String code : List.of("NN0203", "nn0203")) {
            assertEquals(
                    Files.readString(Repository.root().resolve("docs/errors/NN0203.md")),
                    Answer.good("help", code).out());
        }
    }

    // ---- check

    @Test
    void checkIsSilentAboutWhatIsRight() {
        assertEquals(program + ": no mistakes\n", Answer.good("check", program).out());
        assertEquals(
                "2 files: no mistakes\n", Answer.good("check", program, folder.resolve("iris.nn")).out());
        assertEquals("{\n  \"diagnostics\": []\n}\n", Answer.good("check", program, "--format", "json").out());
    }

    @Test
    void checkSpeaksToTools() throws IOException {
        Path wrong = Files.writeString(folder.resolve("wrong.nn"), """
                fun f(x: f32[n]) -> f32[n] = x + yy

                fun g(x: f32[4], w: f32[3, 2]) -> f32[2] = x @ w
                """);
        Answer json = Answer.to("check", wrong, "--format", "json");
        assertEquals(1, json.exit());
        assertEquals("", json.err());
        List<Json> diagnostics = Json.parse(json.out()).get("diagnostics").items();
        assertEquals(List.of("NN0301", "NN0203"), diagnostics.stream().map(d -> d.get("code").text()).toList());
        assertEquals(1, diagnostics.getFirst().get("line").integer());
        assertEquals(34, diagnostics.getFirst().get("column").integer());
        assertEquals(wrong.toString(), diagnostics.getFirst().get("file").text());

        Answer sarif = Answer.to("check", wrong, "--format", "SARIF");
        assertEquals(1, sarif.exit());
        Json run = Json.parse(sarif.out()).get("runs").items().getFirst();
        assertEquals(2, run.get("results").items().size());
        assertEquals("NN0301", run.get("results").items().getFirst().get("ruleId").text());

        Answer github = Answer.to("check", wrong, "--format", "github");
        assertEquals(1, github.exit());
        assertEquals(2, github.lines("::error file=" + wrong + ",line=").size());
    }

    @Test
    void coloursComeOnlyWhereTheyAreWanted() throws IOException {
        Path wrong = Files.writeString(folder.resolve("wrong.nn"), "fun f(x: f32[n]) -> f32[n] = y\n");
        assertFalse(Answer.to("check", wrong).out().contains("\u001b["));
        assertTrue(Answer.to("check", wrong, "--color", "always").out().contains("\u001b["));
    }

    // ---- train

    @Test
    void jsonLinesHaveTheirFields() {
        List<Json> lines = train("--epochs", 3).objects();
        assertEquals(4, lines.size());
        for (int epoch = 1; epoch <= 3; epoch++) {
            Json line = lines.get(epoch - 1);
            assertEquals("epoch", line.get("event").text());
            assertEquals(epoch, line.get("epoch").integer());
            assertEquals(Set.of("loss", "accuracy"), line.get("train").members().keySet());
            assertEquals(Set.of("accuracy"), line.get("validate").members().keySet());
            assertTrue(line.get("seconds").decimal() >= 0);
        }
        Json last = lines.getLast();
        assertEquals("done", last.get("event").text());
        double best = lines.subList(0, 3).stream()
                .mapToDouble(line -> line.get("validate").get("accuracy").decimal()).max().orElseThrow();
        assertEquals(best, last.get("validate").get("accuracy").decimal());
        assertTrue(Files.exists(Path.of(last.get("checkpoint").text())));
    }

    @Test
    void linesForPeopleTellTheSame() {
        Answer json = train("--epochs", 2);
        Answer text = Answer.good("train", program, "--output", folder, "--epochs", 2);
        assertEquals(2, text.lines("epoch ").size());
        double loss = json.objects().getFirst().get("train").get("loss").decimal();
        assertTrue(
                text.lines("epoch 1 ").getFirst().contains(String.format(Locale.ROOT, "loss %.4f ", loss)),
                text::out);
        assertTrue(text.lines().getFirst().startsWith("Species: 67 parameters, 150 examples, 150 to validate, "),
                text::out);
        assertEquals("saved " + folder.resolve("out/best.safetensors"), text.lines().getLast());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "lr=0.5",
        "lr=1/2",
        "smoothing=1e-1",
        "width=5",
        "width=2*4+1",
        "nesterov=true",
        "rate=3e-3",
        "rate=cosine(0.1, total = 6)",
        "rate={ step -> 0.1 / step }",
        "batch=7",
        "seed=2",
        "steps=2",
        "flowers=csv(\"iris.csv\", label = \"species\").take(100)",
        "flowers=csv(\"iris.csv\", label = \"species\").standardize()"})
    void everyHyperparameterCanBeSet(String setting) {
        List<Object> base = setting.startsWith("nesterov") ? List.of("--set", "lr=0.9") : List.of();
        Answer plain = train(base.toArray());
        Answer set = train(Stream.concat(base.stream(), Stream.of("--set", setting)).toArray());
        assertNotEquals(loss(plain), loss(set));
    }

    @Test
    void settingADefaultChangesNothing() {
        Answer plain = train();
        Answer set = train("--set", "lr=0.01", "--set", "epochs=2", "--set", "title=\"other\"", "--set", "width=8");
        assertEquals(loss(plain), loss(set));
    }

    @Test
    void dataAreSetAsAPathBesideTheProgram() throws IOException {
        List<String> lines = Files.readAllLines(folder.resolve("iris.csv"));
        Files.write(folder.resolve("other.csv"), lines.subList(0, 121));
        Answer text = Answer.good(
                "train", program, "--output", folder, "--set", "flowers=csv(\"other.csv\", label = \"species\")");
        assertTrue(text.out().contains(", 120 examples"), text::out);
    }

    @Test
    void epochsAndSeedHaveShortForms() {
        assertEquals(
                train("--set", "epochs=3", "--set", "seed=4").withoutTimes(folder),
                train("--epochs", 3, "--seed", 4).withoutTimes(folder));
        assertEquals(4, train("--epochs", 3).objects().size());
        assertNotEquals(loss(train("--seed", 4)), loss(train()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "lt=1; NN0403; did you mean `lr`?",
        "epoch=1; NN0403; did you mean `epochs`?",
        "lr=fast; NN0301; nothing here is called `fast`",
        "lr=fast; NN0301; help: `lr` is a Float: write a number, such as `0.01` or `3e-4`",
        "epochs=several; NN0301; help: `epochs` is an Int: write a number, such as `10`",
        "nesterov=perhaps; NN0301; help: `nesterov` is a Bool: write `true` or `false`",
        "title=fancy; NN0301; help: `title` is a String: write it in quotes, `\"fancy\"`",
        "flowers=roses.csv; NN0301; help: `flowers` is a Data: write where it comes from, such as `csv(\"FILE\")`",
        "rate=slowly; NN0301; help: write an expression of what the program and the library declare",
        "lr=; NN0109; a value",
        "lr=\"fast\"; NN0401; `lr` is a Float",
        "epochs=1.5; NN0401; `epochs` is an Int, and gets the Float 1.5",
        "nesterov=1; NN0401; `nesterov` is a Bool",
        "flowers=3; NN0401; `flowers` is a Data",
        "flowers=cvs(\"iris.csv\"); NN0301; nothing here is called `cvs`",
        "flowers=csv(\"irsi.csv\"); NN0701; its folder has `iris.csv`",
        "batch=0; NN0614; a batch has at least one example",
        "batch=4294967297; NN0614; a batch has at most 2147483647 examples, and `batch` is 4294967297",
        "epochs=4294967297; NN0614; up to 2147483647, and these are 4294967297",
        "epochs=0; NN0614; at least 1",
        "epochs=-1; NN0614; at least 1 of its `epochs`, and this is -1",
        "steps=0; NN0614; at least 1"})
    void wrongSettingsAreExplained(String setting, String code, String part) {
        Answer answer = Answer.to("train", program, "--output", folder, "--set", setting);
        assertEquals(1, answer.exit(), answer::toString);
        assertTrue(answer.err().startsWith("error[" + code + "]"), answer::err);
        assertTrue(answer.err().contains(part), answer::err);
    }

    @Test
    void aTrainIsChosenByName() throws IOException {
        Path two = Files.writeString(
                folder.resolve("two.nn"), PROGRAM + PROGRAM.substring(PROGRAM.indexOf("train Species"))
                        .replace("train Species", "train Again").replace("\"out\"", "\"again\""));
        Answer which = Answer.to("train", two);
        assertEquals(1, which.exit());
        assertTrue(which.err().contains("they are `Species`, `Again`"), which::err);
        Answer.good("train", two, "--train", "Again", "--output", folder);
        assertTrue(Files.exists(folder.resolve("again/last.safetensors")));
        Answer unknown = Answer.to("train", two, "--train", "Agian");
        assertTrue(unknown.err().contains("did you mean `Again`?"), unknown::err);
    }

    // ---- explain

    @Test
    void explainTellsWhatAProgramTakesBeforeItRuns() {
        Answer answer = Answer.good("explain", program, "--set", "width=10");
        assertAll(
                () -> assertEquals("train Species", answer.lines().getFirst()),
                () -> assertTrue(answer.out().contains("f32[4, 10]"), answer::out),
                () -> assertTrue(answer.out().contains("83 parameters"), answer::out),
                () -> assertTrue(answer.out().contains("floating-point operations"), answer::out));
        assertTrue(Answer.good("explain", program, "--model", "Iris").out().startsWith("model Iris\n"));
    }

    /// No size is given for a model's dimensions, and it may not work with all.
    @Test
    void explainTakesSizesThatAModelAllows() throws IOException {
        Path model = Files.writeString(folder.resolve("pick.nn"), """
                model Third()(x: f32[b, t, n]) -> f32[b, n] = x[:, 2]
                model Never()(x: f32[b, t, n]) -> f32[b, n] {
                    require t < 1 : "no sequence is short enough"
                    x[:, 0]
                }
                """);
        Answer third = Answer.good("explain", model, "--model", "Third");
        assertTrue(third.out().contains("apply (b = 4, n = 4, t = 4)"), third::out);
        Answer two = Answer.to("explain", model, "--model", "Third", "--batch", "2");
        assertTrue(two.err().contains("NN0413"), two::err);
        Answer never = Answer.to("explain", model, "--model", "Never");
        assertTrue(never.err().contains("no sequence is short enough"), never::err);
    }

    @ParameterizedTest
    @CsvSource({"--ir, procedure step(", "--fused, loop 0: fused", "--bytecode, INVOKE"})
    void explainShowsEveryStage(String option, String part) {
        assertTrue(Answer.good("explain", program, option).out().contains(part));
    }

    @Test
    void aFileWithoutATrainIsExplainedByItsModel() throws IOException {
        Path model = Files.writeString(
                folder.resolve("model.nn"), PROGRAM.substring(0, PROGRAM.indexOf("train Species")));
        assertTrue(Answer.good("explain", model).out().startsWith("model Iris\n"));
    }

    // ---- test

    @Test
    void testsAreCounted() throws IOException {
        Path tests = Files.writeString(folder.resolve("tests.nn"), """
                fun twice(x: f32[n]) -> f32[n] = 2 * x

                test "twice is right" { assert close(twice([1.5]), [3.0]) }

                test "twice is wrong" {
                    val y = twice([1.5])
                    assert close(y, [4.0]) : "as everyone knows"
                }
                """);
        Answer answer = Answer.to("test", tests);
        assertEquals(1, answer.exit());
        assertEquals("1 passed, 1 failed", answer.lines().getLast());
        assertTrue(answer.out().contains("tests.nn:7: close(y, [4.0]) does not hold: as everyone knows"), answer::out);
        assertTrue(answer.out().contains("y = "), answer::out);
        assertEquals("1 passed, 0 failed", Answer.good("test", tests, "--only", "right").lines().getLast());
        assertEquals(
                "no test in " + tests + " has `left` in its name: the first is \"twice is right\"\n",
                Answer.good("test", tests, "--only", "left").out());
    }

    /// Somebody may have taken another file, or not know yet what a test looks like: the answer shows one that works.
    @Test
    void aProgramWithoutTestsIsToldHowToWriteOne() throws IOException {
        Answer answer = Answer.good("test", program);
        assertEquals("there is no test in " + program + "; this is one:", answer.lines().getFirst());
        Path tests = Files.writeString(
                folder.resolve("tests.nn"), String.join("\n", answer.lines().subList(1, answer.lines().size())));
        assertEquals("1 passed, 0 failed", Answer.good("test", tests).lines().getLast());
    }

    @Test
    void aSwitchThatIsSetToNothingItKnowsIsAnError() {
        System.setProperty("nn.tier", "fastest");
        try {
            Answer answer = Answer.to("train", program, "--output", folder);
            assertEquals(1, answer.exit());
            assertTrue(answer.err().startsWith("error[NN0863]: the switch `nn.tier` cannot be `fastest`\n"),
                    answer::err);
        } finally {
            System.clearProperty("nn.tier");
        }
    }

    // ---- run

    @Test
    void anInputThatIsNotGivenIsAskedForAsTheCommandTakesIt() {
        train();
        Answer answer = Answer.to("run", program, "--checkpoint", folder.resolve("out"));
        assertEquals("""
                error[NN0820]: `Iris` needs its input `features`
                help: give its examples, .csv or .npy: `--input PATH`
                """, answer.err());
    }

    /// What to do with gaps a program tells its reader; here there is none to be told.
    @Test
    void aGapIsNotFilledInByAdviceForPrograms() throws IOException {
        train();
        Path gap = Files.writeString(folder.resolve("gap.csv"), "1,2,NaN,4\n");
        Answer answer = Answer.to("run", program, "--checkpoint", folder.resolve("out"), "--input", gap);
        assertTrue(answer.err().startsWith("error[NN0708]: " + gap + ":1:5: "), answer::err);
        assertTrue(
                answer.err()
                        .endsWith(
                                "help: write a value there, or leave the row out: a model has no answer to a gap, unless it learnt with"
                                        + " `missing = \"mean\"`\n"),
                answer::err);
    }

    /// Columns of words are found by name, in any order and with fewer words, and gaps are filled as in training.
    @Test
    void wordsAndGapsOfATableMeanWhatTheyMeantInTraining() throws IOException {
        var table = new StringBuilder("colour,size,y\n");
        for (int i = 0; i < 40; i++) {
            table.append(i % 4 == 0 ? "red,1,1\n" : i % 4 == 1 ? ",3,0\n" : "blue,,0\n");
        }
        Files.writeString(folder.resolve("things.csv"), table);
        Path words = Files.writeString(folder.resolve("words.nn"), """
                model Red()(features: f32[b, 3]) -> f32[b] = features |> Dense(1) |> reshape([b])

                train Words(epochs: Int = 30, batch: Int = 8) {
                    val net = Red()
                    checkpoint("words")
                    step (x, y) in csv("things.csv", target = "y", categories = ["colour"], missing = "mean") {
                        minimize mse(net(x), y) with Adam(lr = 0.05)
                    }
                }
                """);
        Answer.good("train", words, "--output", folder);
        Path all = Files.writeString(folder.resolve("all.csv"), "size,colour\n1,red\n3,\n,blue\n1,blue\n");
        List<String> lines =
                Answer.good("run", words, "--checkpoint", folder.resolve("words"), "--input", all).lines();
        double[] answers = lines.stream().skip(1).mapToDouble(Double::parseDouble).toArray();
        assertEquals(4, answers.length);
        assertTrue(answers[0] > 0.7 && answers[2] < 0.3, lines::toString);
        // The share of red and blue among those that say it: 1/3 and 2/3. Where nothing is said of size, it is the mean, 2.
        Path explicit = Files.writeString(
                folder.resolve("explicit.csv"), "colour=blue,colour=red,size\n0,1,1\n%s,%s,3\n1,0,2\n1,0,1\n"
                        .formatted(2 / 3f, 1 / 3f));
        assertEquals(
                lines,
                Answer.good("run", words, "--checkpoint", folder.resolve("words"), "--input", explicit).lines());
        Path none = Files.writeString(folder.resolve("none.csv"), "size\n1\n");
        Answer answer = Answer.to("run", words, "--checkpoint", folder.resolve("words"), "--input", none);
        assertTrue(answer.err().endsWith("help: it learnt from colour=blue, colour=red, size\n"), answer::err);
    }

    /// Validation over all flowers must find what `run` finds on the raw file.
    @Test
    void predictionsTreatExamplesAsTheTrainingDidItsOwn() throws IOException {
        Path standardised = Files.writeString(
                folder.resolve("standardised.nn"),
                PROGRAM.replace("flowers.shuffle()", "flowers.standardize().shuffle()")
                        .replace("in flowers {", "in flowers.standardize() {"));
        Answer trained = Answer.good("train", standardised, "--epochs", 20, "--set", "rate=0.3", "--output", folder,
                "--json");
        double accuracy = trained.objects().getLast().get("validate").get("accuracy").decimal();
        Answer predicted = Answer.good(
                "run", standardised, "--checkpoint", folder.resolve("out"), "--input", folder.resolve("iris.csv"),
                "--classes");
        List<String> table = Files.readAllLines(folder.resolve("iris.csv"));
        List<String> classes = predicted.lines();
        assertEquals("class", classes.getFirst());
        assertEquals(table.size(), classes.size());
        int hits = 0;
        for (int i = 1; i < classes.size(); i++) {
            hits += table.get(i).endsWith("," + classes.get(i)) ? 1 : 0;
        }
        assertTrue(accuracy > 0.8, "it learnt nothing: " + accuracy);
        assertEquals(accuracy, hits / 150.0, 1e-6);
    }

    private Path predicted(String input, String output, Object... more) {
        Path file = folder.resolve(output);
        Answer.good(Stream.concat(
                Stream.of(
                        "run", program, "--checkpoint", folder.resolve("out"), "--input", folder.resolve(input),
                        "--output", file),
                Stream.of(more)).toArray());
        return file;
    }

    @Test
    void predictionsAreReadAndWrittenInEveryFormat() throws IOException {
        train("--epochs", 40, "--set", "rate=0.1");
        Files.writeString(folder.resolve("named.csv"), """
                petal_width,petal_length,note,sepal_width,sepal_length
                0.2,1.4,a rose,3.5,5.1
                1.4,4.7,is a rose,3.2,7.0
                """);
        Files.writeString(folder.resolve("bare.csv"), "5.1,3.5,1.4,0.2\n7.0,3.2,4.7,1.4\n");
        Path npy = folder.resolve("in.npy");
        writeNpy(npy, new float[][] {{5.1f, 3.5f, 1.4f, 0.2f}, {7.0f, 3.2f, 4.7f, 1.4f}});

        String csv = Files.readString(predicted("bare.csv", "out.csv"));
        assertEquals(3, csv.lines().count());
        assertEquals("out[0],out[1],out[2]", csv.lines().findFirst().orElseThrow());
        assertEquals(csv, Files.readString(predicted("named.csv", "named-out.csv")));
        assertEquals(csv, Files.readString(predicted("in.npy", "npy-out.csv")));
        assertEquals(
                csv,
                Answer.good(
                        "run", program, "--checkpoint", folder.resolve("out/best.safetensors"), "--input",
                        "features=" + npy).out());

        List<Json> json = Json.parse(Files.readString(predicted("bare.csv", "out.json"))).items();
        String[] first = csv.lines().skip(1).findFirst().orElseThrow().split(",");
        assertEquals(Double.parseDouble(first[1]), json.getFirst().get("out").items().get(1).decimal());
        assertEquals(
                "{\"class\":\"setosa\"}",
                Json.parse(Files.readString(predicted("bare.csv", "classes.json", "--classes")))
                        .items().getFirst().toString());

        byte[] array = Files.readAllBytes(predicted("bare.csv", "out.npy"));
        assertTrue(new String(array, StandardCharsets.ISO_8859_1).contains("'shape': (2, 3)"));
        assertEquals(
                Float.parseFloat(first[0]),
                ByteBuffer.wrap(array).order(ByteOrder.LITTLE_ENDIAN).getFloat(array.length - 24));
    }

    private static void writeNpy(Path file, float[][] rows) throws IOException {
        String header = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + rows.length + ", " + rows[0].length
                + "), }";
        header += " ".repeat((64 - (10 + header.length() + 1) % 64) % 64) + "\n";
        var bytes = ByteBuffer.allocate(10 + header.length() + 4 * rows.length * rows[0].length)
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0}).putShort((short) header.length());
        bytes.put(header.getBytes(StandardCharsets.ISO_8859_1));
        for (float[] row : rows) {
            for (float value : row) {
                bytes.putFloat(value);
            }
        }
        Files.write(file, bytes.array());
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "--input three.csv; NN0855; an example in `FOLDER/three.csv` has 3 numbers, and `features` of `Iris` takes 4",
        "--input gone.csv; NN0701; there is no file `FOLDER/gone.csv`",
        "--input gone/deep.csv; NN0701; paths are relative to the current folder",
        "--input irs.csv; NN0701; did you mean FOLDER/iris.csv?",
        "--input x=iris.csv; NN0854; does not say which input of `Iris`"})
    void examplesThatDoNotFitAreExplained(String arguments, String code, String part) throws IOException {
        train();
        Files.writeString(folder.resolve("three.csv"), "1,2,3\n4,5,6\n");
        String input = arguments.split(" ")[1];
        String at = input.startsWith("x=")
                ? "x=" + folder.resolve(input.substring(2))
                : folder.resolve(input).toString();
        Answer answer = Answer.to("run", program, "--checkpoint", folder.resolve("out"), "--input", at);
        assertEquals(1, answer.exit());
        assertTrue(answer.err().startsWith("error[" + code + "]"), answer::err);
        assertTrue(answer.err().replace(folder.toString(), "FOLDER").contains(part), answer::err);
    }

    /// A table holds floats, also where the model takes classes.
    @Test
    void wholeNumbersOfATableAreReadAsSuch() throws IOException {
        Path file = folder.resolve("shift.nn");
        Files.writeString(file,
                "model Shift()(x: f32[b, 2], by: i32[b]) -> f32[b, 2] = x + reshape(f32(by), [b, 1])\n");
        Files.writeString(folder.resolve("x.csv"), "0.5,1\n0.25,2\n");
        Files.writeString(folder.resolve("by.csv"), "by\n3\n-4\n");
        Files.writeString(folder.resolve("half.csv"), "by\n3\n0.5\n");
        Answer answer = Answer.good("run", file, "--input", "x=" + folder.resolve("x.csv"), "--input",
                "by=" + folder.resolve("by.csv"));
        assertEquals(List.of("3.5,4.0", "-3.75,-2.0"), answer.out().lines().skip(1).toList());
        Answer half = Answer.to("run", file, "--input", "x=" + folder.resolve("x.csv"), "--input",
                "by=" + folder.resolve("half.csv"));
        assertEquals(1, half.exit());
        assertTrue(half.err().startsWith("error[NN0855]: example 1 in "), half::err);
        assertTrue(half.err().contains("has 0.5, and `by` of `Shift` takes whole numbers"), half::err);
    }

    @Test
    void aModelTrainedWithOtherHyperparametersIsRunWithThem() {
        train("--set", "width=5");
        Object[] run = {"run", program, "--checkpoint", folder.resolve("out"), "--input", folder.resolve("iris.csv")};
        assertEquals(151, Answer.good(run).lines().size());
        Answer set = Answer.to(Stream.concat(Stream.of(run), Stream.of("--set", "width=6")).toArray());
        assertEquals(1, set.exit());
        assertTrue(set.err().startsWith("error[NN0822]"), set::err);
        Answer unknown = Answer.to(Stream.concat(Stream.of(run), Stream.of("--set", "wdth=6")).toArray());
        assertTrue(unknown.err().startsWith("error[NN0403]"), unknown::err);
        Path jar = folder.resolve("five.jar");
        Answer.good("compile", program, "--checkpoint", folder.resolve("out"), "--output", jar);
    }

    @Test
    void onlyAModelWithWeightsNeedsACheckpoint() throws IOException {
        Files.writeString(program, "model Square()(x: f32[b]) -> f32[b] = x ^ 2\n");
        Files.writeString(folder.resolve("x.csv"), "x\n-2\n3\n");
        Answer answer = Answer.good("run", program, "--input", folder.resolve("x.csv"));
        assertEquals("out\n4.0\n9.0\n", answer.out());
        Answer iris = Answer.to("run", folder.resolve("iris.nn"), "--input", folder.resolve("iris.csv"));
        assertEquals(2, iris.exit());
        assertTrue(iris.err().startsWith("nn: `Iris` has weights: say with --checkpoint where they are"), iris::err);
    }

    /// The weight goes from 1 over 0.5 to 0, whose logarithm is infinite.
    @Test
    void theFirstNumberThatIsNotFiniteIsFound() throws IOException {
        Files.writeString(program, """
                layer Slope()(x: f32[n]) -> f32[n] {
                    param w: f32 ~ ones()
                    w * x
                }

                train Fall(steps: Int = 10, seed: Int = 1) {
                    val slope = Slope()
                    step {
                        val y = slope([1.0, 1.0])
                        val masked = where(y < -5, stop_gradient(exp(y * 1e9)), y)
                        val depth = stop_gradient(log(y))
                        minimize mean(masked) with SGD(0.5)
                        report mean(depth)
                    }
                }
                """);
        Answer plain = Answer.good("train", program);
        assertTrue(plain.out().contains("Infinity") || plain.out().contains("NaN"), plain::out);
        Answer found = Answer.to("train", program, "--debug-nans");
        assertEquals(1, found.exit());
        assertTrue(found.err().startsWith("error[NN0813]: the first number that is not finite arises here, in step 3"),
                found::err);
        assertTrue(found.err().contains("species.nn:11:"), found::err);
        assertTrue(found.err().contains("log(0.0) is -Infinity"), found::err);
        Answer finite = Answer.good("train", program, "--debug-nans", "--set", "steps=2");
        assertEquals(finite.withoutTimes(folder),
                Answer.good("train", program, "--set", "steps=2").withoutTimes(folder));
    }

    @Test
    void aModelWithoutInputsDrawsByItsSeed() throws IOException {
        Files.writeString(program, "model Noise(count: Int = 3)() -> f32[count, 4, 5] = uniform([count, 4, 5])\n");
        Answer one = Answer.good("run", program);
        assertEquals(4, one.lines().size());
        assertEquals(one, Answer.good("run", program, "--seed", 0));
        assertNotEquals(one, Answer.good("run", program, "--seed", 1));
        Answer.good("run", program, "--output", folder.resolve("sheet.png"), "--set", "count=7");
        assertEquals((byte) 'P', Files.readAllBytes(folder.resolve("sheet.png"))[1]);
    }

    @Test
    void aModelWithInputsAsksForThem() throws IOException {
        Files.writeString(program, "model Square()(x: f32[b]) -> f32[b] = x ^ 2\n");
        Answer answer = Answer.to("run", program);
        assertEquals(1, answer.exit());
        assertTrue(answer.err().startsWith("error[NN0820]"), answer::err);
    }

    /// Numbers, texts, lists and the names of functions are recorded as a program writes them.
    @Test
    void everyHyperparameterThatHasATextIsRecorded() throws IOException {
        Files.writeString(program, """
                fun bent(x: f32[...s]) -> f32[...s] = x + tanh(x)

                model Net(widths: List<Int> = [4], act: Fn = relu, scale: Float = 1, name: String = "", open: Bool = true)(features: f32[b, 4]) -> f32[b, 3] {
                    require name == "a \\"b\\" \\$c" : "the name is $name"
                    var h = features * scale
                    for (width in widths) { h = h |> Dense(width, act) }
                    if open { h |> Dense(3) } else { h |> Dense(3, bias = false) }
                }

                train Species(flowers: Data = csv("iris.csv", label = "species"), epochs: Int = 1) {
                    val net = Net([5, 6], bent, name = "a \\"b\\" \\$c", scale = 1e-3, open = false)
                    step (features, label) in flowers { minimize cross_entropy(net(features), label) with SGD() }
                    checkpoint("out")
                }
                """);
        train();
        Path last = folder.resolve("out/last.safetensors");
        // In this order in every process, or a run could not be repeated byte for byte.
        assertEquals(
                "{net={model=Net, hyperparameters={widths=[5, 6], act=bent, scale=0.001, name=\"a \\\"b\\\" \\$c\", open=false}}}",
                Checkpoint.read(last).json("models").plain().toString());
        Answer answer = Answer.good("run", program, "--checkpoint", last, "--input", folder.resolve("iris.csv"));
        assertEquals(151, answer.lines().size());
    }

    @Test
    void aHyperparameterThatHasNoTextIsAskedFor() throws IOException {
        Files.writeString(program, """
                model Net(act: Fn = { x -> x })(features: f32[b, 4]) -> f32[b, 3] = features |> Dense(5, act) |> Dense(3)

                train Species(flowers: Data = csv("iris.csv", label = "species"), own: Bool = true, epochs: Int = 1) {
                    val net = if own { Net { x -> sin(x) } } else { Net() }
                    step (features, label) in flowers { minimize cross_entropy(net(features), label) with SGD() }
                    checkpoint("out")
                }
                """);
        Object[] run = {"run", program, "--checkpoint", folder.resolve("out"), "--input", folder.resolve("iris.csv")};
        train();
        Answer untold = Answer.to(run);
        assertEquals(1, untold.exit());
        assertTrue(untold.err().startsWith("error[NN0856]"), untold::err);
        Answer.good(Stream.concat(Stream.of(run), Stream.of("--set", "act=sin")).toArray());
        train("--set", "own=false");
        Answer.good(run);
    }

    // ---- compile

    @Test
    void compiledModelsAreTheSameBytesEachTime() throws IOException {
        train();
        for (String jar : List.of("one.jar", "two.jar")) {
            Answer.good(
                    "compile", program, "--checkpoint", folder.resolve("out"), "--output", folder.resolve(jar));
        }
        assertEquals(-1, Files.mismatch(folder.resolve("one.jar"), folder.resolve("two.jar")));
    }

    @Test
    void whatIsNoCommandIsSaid() {
        Answer misspelt = Answer.to("trian", "iris.nn");
        assertEquals(2, misspelt.exit());
        assertEquals("nn: there is no command `trian`", misspelt.err().lines().findFirst().orElse(""));
        assertTrue(misspelt.err().contains("Did you mean: nn train?"), misspelt::err);
        assertTrue(Answer.to("train", "iris.nn", "foo").err().startsWith("nn: `foo` is more than the command takes"));
    }
}
