package com.example;

/// Asks the model.
public final class App {
    private App() {}

    public static void main(String[] arguments) {
        System.out.printf("%.3f%n", Angle.load().predict(Angle.slope(1)).get(0));
    }
}
