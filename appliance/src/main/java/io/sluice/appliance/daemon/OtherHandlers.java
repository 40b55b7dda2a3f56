// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.daemon;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/** The handler processes beside the main one. Each may be absent or hung; asking them costs a bounded time. */
final class OtherHandlers {
    private static final Logger LOG = LoggerFactory.getLogger(OtherHandlers.class);

    /** For what is told from memory. */
    static final Duration ANSWER_PATIENCE = Duration.ofSeconds(2);

    /** For what may have to wait for storage. */
    static final Duration WORK_PATIENCE = Duration.ofSeconds(60);

    /** For what reads all that is stored, such as a check of a whole tape. */
    static final Duration OPERATION_PATIENCE = Duration.ofDays(2);

    private final HomeDirectory home;
    private final List<String> names;

    OtherHandlers(HomeDirectory home, List<String> names) {
        this.home = home;
        this.names = List.copyOf(names);
    }

    List<String> names() {
        return names;
    }

    ObjectNode ask(String handler, ObjectNode request, Duration patience) throws IOException, AdminException {
        return AdminProtocol.ask(home.adminSocket(handler), request, patience);
    }

    /** The status of each that answers, by name. All are asked at once. */
    Map<String, ObjectNode> statuses() throws IOException {
        Map<String, ObjectNode> statuses = new TreeMap<>();
        try (ExecutorService asking = Executors.newVirtualThreadPerTaskExecutor()) {
            Map<String, Future<ObjectNode>> answers = new TreeMap<>();
            for (String name : names) {
                answers.put(name, asking.submit(() -> ask(name, AdminProtocol.request("status"), ANSWER_PATIENCE)));
            }
            for (Map.Entry<String, Future<ObjectNode>> answer : answers.entrySet()) {
                try {
                    statuses.put(answer.getKey(), answer.getValue().get());
                } catch (ExecutionException silent) {
                    LOG.debug("handler {}: {}", answer.getKey(), silent.getMessage());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while asking the handler processes " + names, e);
        }
        return statuses;
    }
}
