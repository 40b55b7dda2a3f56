// SPDX-License-Identifier: Apache-2.0
package io.sluice.runtime;

import io.sluice.handler.DeviceProfile;
import io.sluice.ring.Abi;
import io.sluice.ring.AddedDevice;
import io.sluice.ring.GatewayException;
import io.sluice.ring.HandlerClient;
import io.sluice.ring.RestoredReservations;
import io.sluice.ring.Transport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** A session at sluiced, over its Unix socket, or at the module, over its device. */
public final class SessionLink implements GatewayLink {
    private final HandlerClient client;
    private final Transport transport;

    private SessionLink(HandlerClient client, Transport transport) {
        this.client = client;
        this.transport = transport;
    }

    /** Opens sessions at the gateway behind a socket or a device. */
    public static Connector connector(Path gateway, HandlerOptions options) {
        return lost -> {
            HandlerClient client = HandlerClient.connect(gateway, options.name(), lost::lost);
            try {
                return new SessionLink(
                        client,
                        client.openSession(
                                options.name(),
                                options.queues(),
                                options.depth(),
                                options.poolBytes(),
                                options.grace().toNanos()));
            } catch (IOException | RuntimeException failed) {
                client.close();
                throw failed;
            }
        };
    }

    @Override
    public Transport transport() {
        return transport;
    }

    @Override
    public AddedDevice addDevice(DeviceBinding binding) throws IOException {
        DeviceProfile profile = binding.profile();
        return client.addDevice(
                binding.name(),
                binding.queue(),
                profile.taskSetLimit(),
                profile.maxTransferBytes(),
                profile.type().code(),
                profile.recovery().code(),
                profile.timeouts().byPace().stream()
                        .mapToLong(Duration::toNanos)
                        .toArray(),
                binding.controlMode(),
                profile.explicitAccess() ? Abi.DEVICE_EXPLICIT_ACCESS : 0);
    }

    @Override
    public RestoredReservations restoreReservations(String device, byte[] record) throws IOException {
        return client.restoreReservations(device, record);
    }

    @Override
    public void removeDevice(int device) throws IOException {
        client.removeDevice(device);
    }

    @Override
    public void quiesce() throws IOException {
        client.quiesce();
    }

    @Override
    public boolean isBusy(IOException failure) {
        return failure instanceof GatewayException refused && refused.errno() == GatewayException.EBUSY;
    }

    @Override
    public void close() {
        client.close();
    }
}
