/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Many sessions, and two loops with answers, aborts, reinstatements and lost connections crossing. */
#include <setjmp.h>
#include <stdarg.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "fake_core.h"
#include "initiator.h"

#define F	 ISCSI_FINAL
#define R	 ISCSI_CMD_READ
#define W	 ISCSI_CMD_WRITE

#define SESSIONS 300
#define PEERS	 6
#define RUN_S	 3

static struct rig rig;

static const struct iscsi_limits many = { .max_logins = 64, .max_connections = 1024, .window = 16 };

static void should_serve_hundreds_of_sessions_on_one_loop(void **state)
{
	static struct initiator all[SESSIONS];
	uint8_t bhs[ISCSI_BHS_LEN];

	rig_start(&rig, 1, &many);
	for (int k = 0; k < SESSIONS; k++) {
		char isid = (char)k;

		initiator_login(&all[k], &rig, (uint8_t)isid, k < 256 ? "" : "InitiatorAlias=x",
				k < 256 ? 0 : 17);
	}
	/* The same ISID again replaces: those past 255 took the first ones' place. */
	assert_int_equal(fake_core_nexuses(), 256);
	for (int k = SESSIONS - 256; k < SESSIONS; k++) {
		initiator_command(&all[k], bhs, F | R, FAKE_READ, 4096);
		initiator_send(&all[k], bhs, NULL, 0);
	}
	for (int k = SESSIONS - 256; k < SESSIONS; k++) {
		initiator_expect(&all[k], ISCSI_OP_DATA_IN);
		assert_int_equal(all[k].in.len, 4096);
	}
	for (int k = 0; k < SESSIONS; k++)
		initiator_close(&all[k]);
	wait_for(fake_core_nexuses, 0);
	rig_stop(&rig);
}

static atomic_bool stop;

static void *chaos(void *arg)
{
	while (!atomic_load(&stop)) {
		fake_core_grant();
		fake_core_finish();
		nanosleep(&(struct timespec){ .tv_nsec = 50000 }, NULL);
	}
	return NULL;
}

struct peer {
	pthread_t thread;
	unsigned int seed;
	uint8_t isid;
};

static void one_command(struct initiator *i, unsigned int *seed)
{
	static const uint8_t opcodes[] = { FAKE_GOOD, FAKE_READ, FAKE_WRITE, FAKE_WRITE_LATE,
					   FAKE_HANG };
	uint8_t opcode = opcodes[(size_t)rand_r(seed) % sizeof(opcodes)], bhs[ISCSI_BHS_LEN],
		data[2000] = { 0 };
	uint32_t len = (uint32_t)rand_r(seed) % 100000;
	struct iscsi_task_request_pdu t = { .opcode = ISCSI_OP_TASK_REQUEST | ISCSI_IMMEDIATE };

	switch (opcode) {
	case FAKE_READ:
		initiator_command(i, bhs, F | R, opcode, len);
		initiator_send(i, bhs, NULL, 0);
		break;
	case FAKE_WRITE:
	case FAKE_WRITE_LATE:
		initiator_command(i, bhs, (uint8_t)(W | (len > 2000 ? 0 : F)), opcode, len);
		initiator_send(i, bhs, data, len < 2000 ? len : 2000);
		if (len > 2000 && rand_r(seed) % 4) {
			uint32_t first = len < 65536 ? len : 65536;

			initiator_data_out(i, i->itt, ISCSI_TAG_NONE, 0, 2000, first - 2000, true);
		}
		break;
	default:
		initiator_command(i, bhs, F, opcode, 0);
		initiator_send(i, bhs, NULL, 0);
	}
	if (rand_r(seed) % 8)
		return;
	t.function = F | (rand_r(seed) % 2 ? ISCSI_TASK_ABORT_TASK : ISCSI_TASK_LU_RESET);
	put_be32(t.itt, ++i->itt);
	put_be32(t.ref_task_tag, i->itt - 1);
	put_be32(t.cmd_sn, i->cmd_sn);
	initiator_send(i, (uint8_t *)&t, NULL, 0);
}

static void *be_a_peer(void *arg)
{
	struct peer *p = arg;
	struct initiator *i = malloc(sizeof(*i));

	while (!atomic_load(&stop)) {
		/* Two peers share an ISID: they replace each other, also before the answer is out. */
		uint32_t status = initiator_enter(i, &rig, p->isid, "", 0);

		for (int k = rand_r(&p->seed) % 14; !status && k >= 0; k--)
			one_command(i, &p->seed);
		for (int k = rand_r(&p->seed) % 8; k > 0; k--)
			nanosleep(&(struct timespec){ .tv_nsec = 100000 }, NULL);
		initiator_close(i);
	}
	free(i);
	return NULL;
}

static void should_survive_everything_at_once_on_two_loops(void **state)
{
	unsigned int seed = (unsigned int)time(NULL);
	struct peer peers[PEERS];
	pthread_t chaos_thread;

	print_message("seed %u\n", seed);
	rig_start(&rig, 2, &many);
	atomic_store(&stop, false);
	pthread_create(&chaos_thread, NULL, chaos, NULL);
	for (unsigned int k = 0; k < PEERS; k++) {
		peers[k] = (struct peer){ .seed = seed + k, .isid = (uint8_t)(k / 2) };
		pthread_create(&peers[k].thread, NULL, be_a_peer, &peers[k]);
	}
	sleep(RUN_S);
	atomic_store(&stop, true);
	for (unsigned int k = 0; k < PEERS; k++)
		pthread_join(peers[k].thread, NULL);
	pthread_join(chaos_thread, NULL);
	print_message("%u commands\n", fake_core_submitted());
	rig_stop(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(should_serve_hundreds_of_sessions_on_one_loop),
		cmocka_unit_test(should_survive_everything_at_once_on_two_loops),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
