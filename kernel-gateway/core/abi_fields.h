/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Every structure of the ABI with its size, and every field with offset and size,
 * written down a second time on purpose: abi_layout.c asserts that the compiler
 * agrees, test/abi prints it for other languages. A change of a number here is a
 * change of the ABI.
 *
 *	ABI_STRUCTS(S)	   S(structure, size) for each
 *	ABI_FIELDS_x(F)	   F(structure, field, offset, size) for each field of x
 */
#ifndef SLUICE_CORE_ABI_FIELDS_H
#define SLUICE_CORE_ABI_FIELDS_H

#include "sluice/abi.h"

#define ABI_STRUCTS(S) \
	S(sluice_control, 4096) \
	S(sluice_gw_index, 384) \
	S(sluice_user_index, 384) \
	S(sluice_desc, 128) \
	S(sluice_completion, 32) \
	S(sluice_response, 256) \
	S(sluice_event, 512) \
	S(sluice_request, 64) \
	S(sluice_msg, 16) \
	S(sluice_error, 256) \
	S(sluice_hello, 96) \
	S(sluice_session_open, 88) \
	S(sluice_session_opened, 24) \
	S(sluice_device_add, 120) \
	S(sluice_device_added, 16) \
	S(sluice_reservation_restore, 848) \
	S(sluice_reservation_restored, 120) \
	S(sluice_device_remove, 8) \
	S(sluice_portal, 72) \
	S(sluice_target, 304) \
	S(sluice_target_port, 248) \
	S(sluice_group, 304) \
	S(sluice_group_initiator, 544) \
	S(sluice_lun, 376) \
	S(sluice_access_state, 72) \
	S(sluice_auth, 728) \
	S(sluice_gateway_info, 88) \
	S(sluice_cursor, 8) \
	S(sluice_device_info, 168) \
	S(sluice_nexus_info, 592) \
	S(sluice_session_info, 176) \
	S(sluice_command_info, 120) \
	S(sluice_command_cursor, 24) \
	S(sluice_command_page, 3872) \
	S(sluice_rig_open, 8) \
	S(sluice_rig_opened, 8) \
	S(sluice_rig_nexus, 488) \
	S(sluice_rig_command, 304) \
	S(sluice_rig_result, 280) \
	S(sluice_rig_tmf, 40) \
	S(sluice_rig_time, 16) \
	S(sluice_enter, 24)

#define ABI_FIELDS_sluice_control(F) \
	F(sluice_control, magic, 0, 8) \
	F(sluice_control, abi_version, 8, 4) \
	F(sluice_control, state, 12, 4) \
	F(sluice_control, features, 16, 8) \
	F(sluice_control, session, 24, 4) \
	F(sluice_control, epoch, 28, 4) \
	F(sluice_control, queues, 32, 4) \
	F(sluice_control, depth, 36, 4) \
	F(sluice_control, admin_depth, 40, 4) \
	F(sluice_control, max_buffer, 44, 4) \
	F(sluice_control, gateway_bytes, 48, 8) \
	F(sluice_control, handler_bytes, 56, 8) \
	F(sluice_control, gw_queue_off, 64, 8) \
	F(sluice_control, gw_queue_stride, 72, 8) \
	F(sluice_control, gw_ring_off, 80, 4) \
	F(sluice_control, gw_desc_off, 84, 4) \
	F(sluice_control, gw_admin_off, 88, 8) \
	F(sluice_control, gw_event_off, 96, 8) \
	F(sluice_control, user_queue_off, 104, 8) \
	F(sluice_control, user_queue_stride, 112, 8) \
	F(sluice_control, user_comp_off, 120, 4) \
	F(sluice_control, user_resp_off, 124, 4) \
	F(sluice_control, user_admin_off, 128, 8) \
	F(sluice_control, user_request_off, 136, 8) \
	F(sluice_control, pool_off, 144, 8) \
	F(sluice_control, pool_bytes, 152, 8) \
	F(sluice_control, incarnation, 160, 8) \
	F(sluice_control, grace_ns, 168, 8) \
	F(sluice_control, reserved, 176, 3920)

#define ABI_FIELDS_sluice_gw_index(F) \
	F(sluice_gw_index, sub_producer, 0, 4) \
	F(sluice_gw_index, reserved0, 4, 124) \
	F(sluice_gw_index, comp_consumer, 128, 4) \
	F(sluice_gw_index, reserved1, 132, 124) \
	F(sluice_gw_index, sleeping, 256, 4) \
	F(sluice_gw_index, cpu, 260, 4) \
	F(sluice_gw_index, reserved2, 264, 120)

#define ABI_FIELDS_sluice_user_index(F) \
	F(sluice_user_index, sub_consumer, 0, 4) \
	F(sluice_user_index, reserved0, 4, 124) \
	F(sluice_user_index, comp_producer, 128, 4) \
	F(sluice_user_index, reserved1, 132, 124) \
	F(sluice_user_index, sleeping, 256, 4) \
	F(sluice_user_index, reserved2, 260, 124)

#define ABI_FIELDS_sluice_desc(F) \
	F(sluice_desc, tag, 0, 4) \
	F(sluice_desc, generation, 4, 4) \
	F(sluice_desc, device, 8, 4) \
	F(sluice_desc, nexus, 12, 4) \
	F(sluice_desc, sequence, 16, 8) \
	F(sluice_desc, deadline_ns, 24, 8) \
	F(sluice_desc, flags, 32, 2) \
	F(sluice_desc, attribute, 34, 1) \
	F(sluice_desc, direction, 35, 1) \
	F(sluice_desc, cdb_len, 36, 2) \
	F(sluice_desc, reserved0, 38, 2) \
	F(sluice_desc, buf_off, 40, 8) \
	F(sluice_desc, buf_len, 48, 4) \
	F(sluice_desc, expected_len, 52, 4) \
	F(sluice_desc, data_out_len, 56, 4) \
	F(sluice_desc, reserved1, 60, 4) \
	F(sluice_desc, cdb, 64, 16) \
	F(sluice_desc, cdb_ext_off, 80, 8) \
	F(sluice_desc, reserved2, 88, 40)

#define ABI_FIELDS_sluice_completion(F) \
	F(sluice_completion, tag, 0, 4) \
	F(sluice_completion, generation, 4, 4) \
	F(sluice_completion, status, 8, 1) \
	F(sluice_completion, flags, 9, 1) \
	F(sluice_completion, sense_len, 10, 2) \
	F(sluice_completion, data_len, 12, 4) \
	F(sluice_completion, delegate_off, 16, 8) \
	F(sluice_completion, delegate_file, 24, 4) \
	F(sluice_completion, delegate_len, 28, 4)

#define ABI_FIELDS_sluice_response(F) \
	F(sluice_response, sense, 0, 252) \
	F(sluice_response, reserved, 252, 4)

#define ABI_FIELDS_sluice_event(F) \
	F(sluice_event, type, 0, 4) \
	F(sluice_event, device, 4, 4) \
	F(sluice_event, nexus, 8, 4) \
	F(sluice_event, function, 12, 4) \
	F(sluice_event, queue, 16, 4) \
	F(sluice_event, tag, 20, 4) \
	F(sluice_event, generation, 24, 4) \
	F(sluice_event, relative_port, 28, 2) \
	F(sluice_event, port_group, 30, 2) \
	F(sluice_event, initiator_port, 32, 240) \
	F(sluice_event, target_port, 272, 240)

#define ABI_FIELDS_sluice_request(F) \
	F(sluice_request, type, 0, 4) \
	F(sluice_request, device, 4, 4) \
	F(sluice_request, nexus, 8, 4) \
	F(sluice_request, scope, 12, 1) \
	F(sluice_request, asc, 13, 1) \
	F(sluice_request, ascq, 14, 1) \
	F(sluice_request, reserved0, 15, 1) \
	F(sluice_request, control_mode, 16, 4) \
	F(sluice_request, reserved, 20, 44)

#define ABI_FIELDS_sluice_msg(F) \
	F(sluice_msg, op, 0, 4) \
	F(sluice_msg, id, 4, 4) \
	F(sluice_msg, status, 8, 4) \
	F(sluice_msg, len, 12, 4)

#define ABI_FIELDS_sluice_error(F) \
	F(sluice_error, text, 0, 256)

#define ABI_FIELDS_sluice_hello(F) \
	F(sluice_hello, magic, 0, 8) \
	F(sluice_hello, abi_version, 8, 4) \
	F(sluice_hello, role, 12, 4) \
	F(sluice_hello, features, 16, 8) \
	F(sluice_hello, pid, 24, 4) \
	F(sluice_hello, reserved, 28, 4) \
	F(sluice_hello, name, 32, 64)

#define ABI_FIELDS_sluice_session_open(F) \
	F(sluice_session_open, name, 0, 64) \
	F(sluice_session_open, queues, 64, 4) \
	F(sluice_session_open, depth, 68, 4) \
	F(sluice_session_open, pool_bytes, 72, 8) \
	F(sluice_session_open, grace_ns, 80, 8)

#define ABI_FIELDS_sluice_session_opened(F) \
	F(sluice_session_opened, session, 0, 4) \
	F(sluice_session_opened, epoch, 4, 4) \
	F(sluice_session_opened, gateway_bytes, 8, 8) \
	F(sluice_session_opened, handler_bytes, 16, 8)

#define ABI_FIELDS_sluice_device_add(F) \
	F(sluice_device_add, name, 0, 64) \
	F(sluice_device_add, queue, 64, 4) \
	F(sluice_device_add, task_set_limit, 68, 4) \
	F(sluice_device_add, max_transfer, 72, 4) \
	F(sluice_device_add, peripheral_type, 76, 1) \
	F(sluice_device_add, recovery, 77, 1) \
	F(sluice_device_add, flags, 78, 2) \
	F(sluice_device_add, timeout_ns, 80, 32) \
	F(sluice_device_add, control_mode, 112, 4) \
	F(sluice_device_add, reserved1, 116, 4)

#define ABI_FIELDS_sluice_device_added(F) \
	F(sluice_device_added, device, 0, 4) \
	F(sluice_device_added, flags, 4, 4) \
	F(sluice_device_added, sequence, 8, 8)

#define ABI_FIELDS_sluice_reservation_restore(F) \
	F(sluice_reservation_restore, name, 0, 64) \
	F(sluice_reservation_restore, total, 64, 4) \
	F(sluice_reservation_restore, offset, 68, 4) \
	F(sluice_reservation_restore, len, 72, 4) \
	F(sluice_reservation_restore, reserved, 76, 4) \
	F(sluice_reservation_restore, data, 80, 768)

#define ABI_FIELDS_sluice_reservation_restored(F) \
	F(sluice_reservation_restored, outcome, 0, 4) \
	F(sluice_reservation_restored, registrations, 4, 4) \
	F(sluice_reservation_restored, why, 8, 112)

#define ABI_FIELDS_sluice_device_remove(F) \
	F(sluice_device_remove, device, 0, 4) \
	F(sluice_device_remove, reserved, 4, 4)

#define ABI_FIELDS_sluice_portal(F) \
	F(sluice_portal, address, 0, 64) \
	F(sluice_portal, port, 64, 2) \
	F(sluice_portal, group, 66, 2) \
	F(sluice_portal, reserved, 68, 4)

#define ABI_FIELDS_sluice_target(F) \
	F(sluice_target, name, 0, 240) \
	F(sluice_target, alias, 240, 64)

#define ABI_FIELDS_sluice_target_port(F) \
	F(sluice_target_port, target, 0, 240) \
	F(sluice_target_port, group, 240, 2) \
	F(sluice_target_port, relative_port, 242, 2) \
	F(sluice_target_port, reserved, 244, 4)

#define ABI_FIELDS_sluice_group(F) \
	F(sluice_group, target, 0, 240) \
	F(sluice_group, group, 240, 64)

#define ABI_FIELDS_sluice_group_initiator(F) \
	F(sluice_group_initiator, target, 0, 240) \
	F(sluice_group_initiator, group, 240, 64) \
	F(sluice_group_initiator, pattern, 304, 240)

#define ABI_FIELDS_sluice_lun(F) \
	F(sluice_lun, target, 0, 240) \
	F(sluice_lun, group, 240, 64) \
	F(sluice_lun, device, 304, 64) \
	F(sluice_lun, lun, 368, 4) \
	F(sluice_lun, flags, 372, 4)

#define ABI_FIELDS_sluice_access_state(F) \
	F(sluice_access_state, device, 0, 64) \
	F(sluice_access_state, group, 64, 2) \
	F(sluice_access_state, state, 66, 1) \
	F(sluice_access_state, flags, 67, 1) \
	F(sluice_access_state, reserved, 68, 4)

#define ABI_FIELDS_sluice_auth(F) \
	F(sluice_auth, target, 0, 240) \
	F(sluice_auth, user, 240, 240) \
	F(sluice_auth, secret, 480, 240) \
	F(sluice_auth, kind, 720, 4) \
	F(sluice_auth, reserved, 724, 4)

#define ABI_FIELDS_sluice_gateway_info(F) \
	F(sluice_gateway_info, abi_version, 0, 4) \
	F(sluice_gateway_info, pid, 4, 4) \
	F(sluice_gateway_info, uptime_ns, 8, 8) \
	F(sluice_gateway_info, sessions, 16, 4) \
	F(sluice_gateway_info, devices, 20, 4) \
	F(sluice_gateway_info, nexuses, 24, 4) \
	F(sluice_gateway_info, loops, 28, 4) \
	F(sluice_gateway_info, commands, 32, 8) \
	F(sluice_gateway_info, protocol_errors, 40, 8) \
	F(sluice_gateway_info, connections_refused, 48, 8) \
	F(sluice_gateway_info, handler_faults, 56, 8) \
	F(sluice_gateway_info, dropped_completions, 64, 8) \
	F(sluice_gateway_info, broken_sessions, 72, 8) \
	F(sluice_gateway_info, reserved, 80, 8)

#define ABI_FIELDS_sluice_cursor(F) \
	F(sluice_cursor, index, 0, 4) \
	F(sluice_cursor, reserved, 4, 4)

#define ABI_FIELDS_sluice_device_info(F) \
	F(sluice_device_info, name, 0, 64) \
	F(sluice_device_info, device, 64, 4) \
	F(sluice_device_info, session, 68, 4) \
	F(sluice_device_info, state, 72, 4) \
	F(sluice_device_info, peripheral_type, 76, 4) \
	F(sluice_device_info, live, 80, 4) \
	F(sluice_device_info, quarantined, 84, 4) \
	F(sluice_device_info, commands, 88, 8) \
	F(sluice_device_info, bytes_in, 96, 8) \
	F(sluice_device_info, bytes_out, 104, 8) \
	F(sluice_device_info, check_conditions, 112, 8) \
	F(sluice_device_info, timeouts, 120, 8) \
	F(sluice_device_info, aborts, 128, 8) \
	F(sluice_device_info, kept, 136, 4) \
	F(sluice_device_info, takeovers, 140, 4) \
	F(sluice_device_info, redelivered, 144, 8) \
	F(sluice_device_info, oldest_ns, 152, 8) \
	F(sluice_device_info, reserved, 160, 8)

#define ABI_FIELDS_sluice_nexus_info(F) \
	F(sluice_nexus_info, initiator_port, 0, 240) \
	F(sluice_nexus_info, target_port, 240, 240) \
	F(sluice_nexus_info, peer, 480, 64) \
	F(sluice_nexus_info, nexus, 544, 4) \
	F(sluice_nexus_info, live, 548, 4) \
	F(sluice_nexus_info, commands, 552, 8) \
	F(sluice_nexus_info, relative_port, 560, 2) \
	F(sluice_nexus_info, port_group, 562, 2) \
	F(sluice_nexus_info, reserved0, 564, 4) \
	F(sluice_nexus_info, reserved, 568, 24)

#define ABI_FIELDS_sluice_session_info(F) \
	F(sluice_session_info, name, 0, 64) \
	F(sluice_session_info, session, 64, 4) \
	F(sluice_session_info, epoch, 68, 4) \
	F(sluice_session_info, pid, 72, 4) \
	F(sluice_session_info, state, 76, 4) \
	F(sluice_session_info, queues, 80, 4) \
	F(sluice_session_info, devices, 84, 4) \
	F(sluice_session_info, in_flight, 88, 4) \
	F(sluice_session_info, untaken, 92, 4) \
	F(sluice_session_info, quarantined, 96, 4) \
	F(sluice_session_info, waiting, 100, 4) \
	F(sluice_session_info, oldest_ns, 104, 8) \
	F(sluice_session_info, progress_ns, 112, 8) \
	F(sluice_session_info, stalled_ns, 120, 8) \
	F(sluice_session_info, answered, 128, 8) \
	F(sluice_session_info, timeouts, 136, 8) \
	F(sluice_session_info, aborts, 144, 8) \
	F(sluice_session_info, faults, 152, 8) \
	F(sluice_session_info, reserved, 160, 16)

#define ABI_FIELDS_sluice_command_info(F) \
	F(sluice_command_info, state, 0, 24) \
	F(sluice_command_info, nexus, 24, 4) \
	F(sluice_command_info, device, 28, 4) \
	F(sluice_command_info, lun, 32, 8) \
	F(sluice_command_info, task_tag, 40, 8) \
	F(sluice_command_info, sequence, 48, 8) \
	F(sluice_command_info, age_ns, 56, 8) \
	F(sluice_command_info, left_ns, 64, 8) \
	F(sluice_command_info, session, 72, 4) \
	F(sluice_command_info, queue, 76, 4) \
	F(sluice_command_info, tag, 80, 4) \
	F(sluice_command_info, expected_len, 84, 4) \
	F(sluice_command_info, cdb_len, 88, 2) \
	F(sluice_command_info, attribute, 90, 1) \
	F(sluice_command_info, direction, 91, 1) \
	F(sluice_command_info, wait, 92, 1) \
	F(sluice_command_info, pace, 93, 1) \
	F(sluice_command_info, flags, 94, 1) \
	F(sluice_command_info, reserved0, 95, 1) \
	F(sluice_command_info, cdb, 96, 16) \
	F(sluice_command_info, reserved1, 112, 8)

#define ABI_FIELDS_sluice_command_cursor(F) \
	F(sluice_command_cursor, slot, 0, 4) \
	F(sluice_command_cursor, nexus, 4, 4) \
	F(sluice_command_cursor, itl, 8, 8) \
	F(sluice_command_cursor, arrival, 16, 8)

#define ABI_FIELDS_sluice_command_page(F) \
	F(sluice_command_page, next, 0, 24) \
	F(sluice_command_page, count, 24, 4) \
	F(sluice_command_page, last, 28, 4) \
	F(sluice_command_page, commands, 32, 3840)

#define ABI_FIELDS_sluice_rig_open(F) \
	F(sluice_rig_open, data_bytes, 0, 8)

#define ABI_FIELDS_sluice_rig_opened(F) \
	F(sluice_rig_opened, data_bytes, 0, 8)

#define ABI_FIELDS_sluice_rig_nexus(F) \
	F(sluice_rig_nexus, initiator_port, 0, 240) \
	F(sluice_rig_nexus, target, 240, 240) \
	F(sluice_rig_nexus, nexus, 480, 4) \
	F(sluice_rig_nexus, port_group, 484, 2) \
	F(sluice_rig_nexus, relative_port, 486, 2)

#define ABI_FIELDS_sluice_rig_command(F) \
	F(sluice_rig_command, nexus, 0, 4) \
	F(sluice_rig_command, attribute, 4, 1) \
	F(sluice_rig_command, direction, 5, 1) \
	F(sluice_rig_command, cdb_len, 6, 2) \
	F(sluice_rig_command, task_tag, 8, 8) \
	F(sluice_rig_command, lun, 16, 8) \
	F(sluice_rig_command, data_off, 24, 8) \
	F(sluice_rig_command, data_len, 32, 4) \
	F(sluice_rig_command, expected_len, 36, 4) \
	F(sluice_rig_command, cdb, 40, 260) \
	F(sluice_rig_command, reserved, 300, 4)

#define ABI_FIELDS_sluice_rig_result(F) \
	F(sluice_rig_result, task_tag, 0, 8) \
	F(sluice_rig_result, data_len, 8, 4) \
	F(sluice_rig_result, residual, 12, 4) \
	F(sluice_rig_result, residual_kind, 16, 1) \
	F(sluice_rig_result, status, 17, 1) \
	F(sluice_rig_result, aborted, 18, 1) \
	F(sluice_rig_result, reserved0, 19, 1) \
	F(sluice_rig_result, sense_len, 20, 2) \
	F(sluice_rig_result, reserved1, 22, 2) \
	F(sluice_rig_result, sense, 24, 252) \
	F(sluice_rig_result, order, 276, 4)

#define ABI_FIELDS_sluice_rig_tmf(F) \
	F(sluice_rig_tmf, nexus, 0, 4) \
	F(sluice_rig_tmf, function, 4, 4) \
	F(sluice_rig_tmf, task_tag, 8, 8) \
	F(sluice_rig_tmf, lun, 16, 8) \
	F(sluice_rig_tmf, response, 24, 4) \
	F(sluice_rig_tmf, order, 28, 4) \
	F(sluice_rig_tmf, information, 32, 3) \
	F(sluice_rig_tmf, reserved, 35, 5)

#define ABI_FIELDS_sluice_rig_time(F) \
	F(sluice_rig_time, advance_ns, 0, 8) \
	F(sluice_rig_time, now_ns, 8, 8)

#define ABI_FIELDS_sluice_enter(F) \
	F(sluice_enter, queue, 0, 4) \
	F(sluice_enter, consumer, 4, 4) \
	F(sluice_enter, timeout_ns, 8, 8) \
	F(sluice_enter, reserved, 16, 8)

#endif /* SLUICE_CORE_ABI_FIELDS_H */
