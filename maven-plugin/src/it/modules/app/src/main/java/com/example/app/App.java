package com.example.app;

import com.example.Extremes;

public final class App {
    public static void main(String[] arguments) {
        Extremes.Outputs ends = Extremes.load().predict(Extremes.x(new float[] {3, 1, 2, 6, 5, 4}, 2, 3));
        System.out.println(ends.low() + " " + ends.high());
    }
}
