// SPDX-License-Identifier: Apache-2.0
package io.sluice.bench;

import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs A B A B … so that what the machine does meanwhile hits every subject alike, and keeps every figure.
 * The result of a subject is its median; a single run means nothing here.
 */
final class Interleaved {
    private final List<Subject> subjects;
    private final List<Workload> workloads;
    private Preparation preparation = () -> {};
    private final Map<Workload, Map<Subject, double[]>> figures = new LinkedHashMap<>();

    Interleaved(List<Subject> subjects, List<Workload> workloads) {
        this.subjects = subjects;
        this.workloads = workloads;
    }

    /** What comes before a workload. */
    @FunctionalInterface
    interface Preparation {
        void prepare() throws IOException, InterruptedException;
    }

    void beforeEach(Preparation prepare) {
        preparation = prepare;
    }

    void run(int rounds, double seconds) throws IOException, InterruptedException {
        for (Workload workload : workloads) {
            preparation.prepare();
            Map<Subject, double[]> row = new LinkedHashMap<>();
            for (Subject subject : subjects) {
                row.put(subject, new double[rounds]);
                subject.run(workload, seconds);
            }
            for (int round = 0; round < rounds; round++) {
                for (Map.Entry<Subject, double[]> cell : row.entrySet()) {
                    cell.getValue()[round] = cell.getKey().run(workload, seconds);
                }
            }
            figures.put(workload, row);
            System.err.println(workload.name() + ": done");
        }
    }

    /** Median commands per second, or NaN where the subject does not know the workload. */
    double median(Workload workload, Subject subject) {
        return quantile(workload, subject, 0.5);
    }

    double quantile(Workload workload, Subject subject, double q) {
        double[] all = figures.getOrDefault(workload, Map.of()).get(subject);
        if (all == null) {
            return Double.NaN;
        }
        double[] sorted = all.clone();
        Arrays.sort(sorted);
        return sorted[(int) Math.round(q * (sorted.length - 1))];
    }

    List<Subject> subjects() {
        return subjects;
    }

    List<Workload> workloads() {
        return workloads;
    }
}
