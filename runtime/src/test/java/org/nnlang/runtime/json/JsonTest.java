package org.nnlang.runtime.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    @ParameterizedTest
    @ValueSource(strings = {
        "null", "true", "[]", "{}", "-12", "9223372036854775807", "0.5", "1.0E30", "\"\\u00e9\\n\\\"\\\\\"",
        "{\"b\":1,\"a\":[1,2.5,\"x\",{\"c\":null}]}"
    })
    void whatWasWrittenReadsBackTheSame(String text) {
        assertEquals(text, Json.parse(text).toString());
        assertEquals(Json.parse(text), Json.parse(Json.parse(text).toString()));
    }

    @Test
    void numbersThatJsonLacksReadBack() {
        for (double value : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -0.0, 0.1}) {
            assertEquals(value, Json.parse(Json.of(value).toString()).decimal());
        }
    }

    @Test
    void plainJavaValuesRoundTrip() {
        var value = Map.of("a", List.of(1L, 2.5, true, "x"));
        assertEquals(value, Json.parse(Json.of(value).toString()).plain());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "nul", "tru", "01", "1.", ".5", "+1", "1e", "-", "[1,]", "[1 2]", "{\"a\":1,}", "{a:1}", "{\"a\" 1}",
        "\"x", "\"\\x\"", "\"\\u12g4\"", "\"\u0001\"", "[1] 2", "{\"a\":1,\"a\":2}", "NaN", "'x'", "[", "{"
    })
    void whatIsNotJsonIsRefused(String text) {
        assertThrows(JsonException.class, () -> Json.parse(text));
    }

    @Test
    void aHostileDepthDoesNotOverflow() {
        String message = assertThrows(JsonException.class, () -> Json.parse("[".repeat(100_000)))
                .toString();
        assertTrue(message.contains("levels"), message);
    }
}
