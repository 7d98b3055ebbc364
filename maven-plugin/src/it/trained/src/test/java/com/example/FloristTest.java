package com.example;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class FloristTest {
    @Test
    void knowsItsFlowers() {
        Florist florist = new Florist();
        assertEquals("setosa", florist.species(5.1f, 3.5f, 1.4f, 0.2f));
        assertEquals("virginica", florist.species(6.3f, 3.3f, 6.0f, 2.5f));
    }
}
