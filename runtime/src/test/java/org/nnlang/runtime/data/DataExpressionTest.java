package org.nnlang.runtime.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.json.Json;
import org.nnlang.runtime.json.JsonException;

class DataExpressionTest {
    private static DataExpression everything() {
        DataExpression csv = TempData.source(
                "csv", "path", "a \"b\".csv", "label", -1L, "features", List.of("x", 2L), "missing", 0.5, "header",
                true);
        DataExpression split = new DataExpression.Split(
                new DataExpression.Part(csv, "train"), List.of(0.8, 0.1), 1, -7, "label");
        return new DataExpression.Shuffle(
                new DataExpression.Standardize(
                        new DataExpression.Take(split, 100),
                        List.of("features"),
                        new DataExpression.Standardize(csv, List.of(), null)),
                3);
    }

    @Test
    void printsAsAProgramSpellsIt() {
        assertEquals(
                "csv(\"a \\\"b\\\".csv\", label = -1, features = [\"x\", 2], missing = 0.5, header = true).train"
                        + ".split(0.8, 0.1, stratify = \"label\", seed = -7)[1].take(100)"
                        + ".standardize(fields = [\"features\"], fitted = csv(\"a \\\"b\\\".csv\", label = -1,"
                        + " features = [\"x\", 2], missing = 0.5, header = true).standardize()).shuffle(seed = 3)",
                everything().toString());
    }

    @Test
    void travelsAsJson() {
        String json = everything().toJson().toString();
        DataExpression back = DataExpression.fromJson(Json.parse(json));
        assertEquals(everything(), back);
        assertEquals(json, back.toJson().toString());
        assertThrows(JsonException.class, () -> DataExpression.fromJson(Json.parse("{\"of\":{\"reader\":1}}")));
        assertThrows(JsonException.class, () -> DataExpression.fromJson(Json.parse("[]")));
    }

    @Test
    void aFoldIsPrintedAndTravels() {
        DataExpression csv = TempData.source("csv", "path", "a.csv");
        var fold = new DataExpression.Fold(csv, 2, 5, true, 1, null, "patient");
        assertEquals("csv(\"a.csv\").fold(2, of = 5, group = \"patient\", seed = 1)[1]", fold.toString());
        assertEquals(fold, DataExpression.fromJson(Json.parse(fold.toJson().toString())));
        assertNotEquals(fold, fold.learnt());
        assertEquals(fold.learnt(), DataExpression.fromJson(Json.parse(fold.learnt().toJson().toString())));
    }

    @Test
    void isEqualByContents() {
        assertEquals(everything(), everything());
        assertNotEquals(TempData.source("csv", "path", "a"), TempData.source("csv", "path", "b"));
    }

    @Test
    void impossibleOperationsAreRefused() {
        DataExpression csv = TempData.source("csv", "path", "a.csv");
        assertThrows(NnException.class, () -> new DataExpression.Take(csv, 0));
        assertThrows(NnException.class, () -> DataExpression.Split.inTwo(csv, 1.0, 0, null));
        assertThrows(NnException.class, () -> DataExpression.Split.inTwo(csv, Double.NaN, 0, null));
        assertThrows(
                NnException.class, () -> new DataExpression.Split(csv, List.of(0.6, 0.6), 0, 0, null));
        assertThrows(
                NnException.class, () -> new DataExpression.Source("csv", Map.of("path", new Object())));
    }
}
