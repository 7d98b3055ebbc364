package org.nnlang.compiler.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.nnlang.compiler.Snapshots;
import org.nnlang.compiler.diagnostic.HumanRenderer;
import org.nnlang.compiler.lower.TestSources;
import org.nnlang.compiler.lower.Types;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.compiler.source.Span;
import org.nnlang.compiler.type.Resolutions;

class SurveyTest {
    private static final String TWO_SHAPES = """
            layer Less()(x: f32[a, n]) -> f32[a, n - 8] {
                val y = x |> Dense(n - 8, relu)
                y
            }
            test "twice" {
                assert len(shape(normal([5, 64]) |> Less() |> Less())) == 2
            }
            """;

    /// Every name, what it refers to, and what it is.
    @TestFactory
    Stream<DynamicTest> namesAndTypesAreWrittenDown() {
        return Snapshots.of("survey", files -> {
            Survey survey = survey(files.getFirst(), files.subList(1, files.size()));
            return survey.resolutions().uses().stream()
                    .sorted((a, b) -> Integer.compare(a.at().start(), b.at().start()))
                    .filter(use -> use.at().file() == files.getFirst() && use.kind() != Resolutions.Kind.TYPE)
                    .map(use -> line(use, survey.types()))
                    .collect(Collectors.joining("\n", "", "\n"));
        });
    }

    private static String line(Resolutions.Use use, Types types) {
        Span declared = use.declared();
        String where = use.isDeclaration() ? "" : declared == null ? " of the language" : " of " + declared;
        String type = text(types.of(use.at()));
        String stage = text(types.ofStage(use.at()));
        return use.at().line() + ":" + use.at().column() + " " + use.name() + ": " + use.kind() + where
                + (type.isEmpty() ? "" : ", " + type) + (stage.isEmpty() ? "" : ", gives " + stage);
    }

    private static String text(List<Types.Type> types) {
        return types.stream().map(Types.Type::text).collect(Collectors.joining(" | "));
    }

    /// The same programs as those of `check`, with the same answers.
    @TestFactory
    Stream<DynamicTest> itFindsWhatCheckFinds() {
        return Snapshots.of("semantic", files -> new HumanRenderer(false)
                .render(survey(files.getFirst(), files.subList(1, files.size())).diagnostics().sorted()));
    }

    @Test
    void aLayerThatIsAppliedToTwoShapesHasBothTypes() {
        assertEquals(List.of("f32[5, 56]", "f32[5, 48]"), typesOf(TWO_SHAPES, "y ="));
        assertEquals(List.of("f32[5, 64]", "f32[5, 56]"), typesOf(TWO_SHAPES, "x |>"));
        assertEquals(List.of("Int = 64", "Int = 56"), typesOf(TWO_SHAPES, "n - 8,"));
    }

    /// Written out, the last one would have 2⁶⁰ words.
    @Test
    void theTypeOfTuplesThatDoubleIsCutOff() {
        var program = new StringBuilder("test \"doubled\" {\n    val a0 = 1\n");
        for (int i = 1; i <= 60; i++) {
            program.append("    val a%d = (a%d, a%d)\n".formatted(i, i - 1, i - 1));
        }
        program.append("    val all = a60\n    assert a0 == 1\n}\n");
        String type = typesOf(program.toString(), "all =").getFirst();
        assertTrue(type.length() < 1000 && type.contains("(…)"), type);
    }

    @Test
    void stagesOfAPipeTellWhatComesOut() {
        assertEquals(List.of("f32[5, 56]"), stagesOf(TWO_SHAPES, "Less() |>", "Less()"));
        assertEquals(List.of("f32[5, 48]"), stagesOf(TWO_SHAPES, "Less()))", "Less()"));
        assertEquals(List.of("f32[5, 56]", "f32[5, 48]"),
                stagesOf(TWO_SHAPES, "Dense(n - 8, relu)", "Dense(n - 8, relu)"));
    }

    @Test
    void whatNobodyCallsIsKnownInItsDimensions() {
        assertEquals(List.of("f32[b, 2*d]"), typesOf("""
                fun twice(x: f32[b, d]) -> f32[b, 2 * d] {
                    val y = concat([x, x], axis = 1)
                    y
                }
                """, "y ="));
    }

    @Test
    void whatStandsBeforeAMistakeHasATypeAndWhatDependsOnItHasNone() {
        String text = """
                fun wrong(x: f32[b, 8]) {
                    val y = x + 1
                    val z = y @ normal([9, 2])
                    val u = x * 2
                    z * u
                }
                """;
        assertEquals(List.of("f32[b, 8]"), typesOf(text, "y ="));
        assertEquals(List.of(), typesOf(text, "z ="));
        assertEquals(List.of("f32[b, 8]"), typesOf(text, "u ="));
        assertTrue(survey(text).diagnostics().hasErrors());
    }

    @Test
    void ofManyTypesTheFirstFourAreKept() {
        String text = """
                fun same(x: f32[n]) -> f32[n] = x
                test "many" {
                    for (i in 1..6) {
                        assert len(shape(same(normal([i])))) == 1
                    }
                }
                """;
        assertEquals(List.of("f32[1]", "f32[2]", "f32[3]", "f32[4]", "…"), typesOf(text, "x: f32"));
    }

    @Test
    void anArgumentNamesAParameterAndAMemberHasNeighbours() {
        String text = """
                layer Scaled(by: Float)(x: f32[b, n]) -> f32[b, n] = x * by
                model Net()(x: f32[b, 4]) -> f32[b, 4] {
                    val scaled = Scaled(by = 2.0)
                    scaled(x = x)
                }
                """;
        Survey survey = survey(text);
        assertEquals("by: Float",
                Objects.requireNonNull(survey.types().arguments().get(span(survey, "by = 2.0", 2))).span().text());
        assertEquals("x: f32[b, n]",
                Objects.requireNonNull(survey.types().arguments().get(span(survey, "x = x", 1))).span().text());
        String train = """
                train T(data: Data = csv("iris.csv"), epochs: Int = 1) {
                    val net = Dense(3)
                    step (x, label) in data.shuffle() {
                        minimize cross_entropy(net(x), label) + sum(net.W ^ 2) with Adam(1e-3)
                    }
                }
                """;
        Survey trained = survey(train);
        assertEquals(List.of("W", "b", "params"), trained.types().members(span(trained, "W ^", 1)));
        assertTrue(trained.types().members(span(trained, "shuffle", 7)).containsAll(List.of("split", "classes")));
    }

    @Test
    void localsAreVisibleToTheEndOfTheirBlock() {
        Survey survey = survey("""
                fun f(x: f32[n]) -> f32[n] {
                    val y = map([1, 2]) { k -> x * k }
                    x
                }
                """);
        Resolutions.Local k = local(survey, "k");
        assertEquals("k -> x * k }", k.visible().text());
        Resolutions.Local y = local(survey, "y");
        assertTrue(y.visible().text().startsWith("y = map") && y.visible().text().endsWith("x\n}"));
    }

    @Test
    void nobodyWaitsForWhatIsOutdated() {
        var file = new SourceFile("main.nn", TWO_SHAPES);
        assertThrows(CancellationException.class,
                () -> FrontEnd.survey(file, new TestSources(List.of()), () -> true));
    }

    private static Resolutions.Local local(Survey survey, String name) {
        return survey.resolutions().locals().stream().filter(each -> each.name().equals(name)).findFirst()
                .orElseThrow();
    }

    private static List<String> typesOf(String text, String place) {
        Survey survey = survey(text);
        int name = place.replaceFirst("\\W.*(?s)", "").length();
        return survey.types().of(span(survey, place, name)).stream().map(Types.Type::text).toList();
    }

    private static List<String> stagesOf(String text, String place, String stage) {
        Survey survey = survey(text);
        return survey.types().ofStage(span(survey, place, stage.length())).stream().map(Types.Type::text).toList();
    }

    private static Span span(Survey survey, String place, int length) {
        SourceFile file = survey.module().file();
        int start = file.text().indexOf(place);
        assertTrue(start >= 0, place);
        return file.span(start, start + length);
    }

    private static Survey survey(String text) {
        return survey(new SourceFile("main.nn", text), List.of());
    }

    private static Survey survey(SourceFile file, List<SourceFile> others) {
        @Nullable
        Survey survey = FrontEnd.survey(file, new TestSources(others), () -> false);
        return Objects.requireNonNull(survey);
    }
}
