-- The application role: what `baodao serve` needs and no more. It can add to the journal, and neither change nor remove anything
-- in it, so that history is protected also where an engine has no triggers (design §3).
--
-- Run once per ledger, as the role that ran the migrations (the owner of the tables), after `baodao serve` or any other command
-- has created the schema, and again after an upgrade of Baodao that brought new tables:
--
--   PGOPTIONS='-c search_path=baodao -c baodao.role=baodao_app' psql -v ON_ERROR_STOP=1 -f roles.sql DATABASE
--
-- `search_path` names the ledger's schema, `baodao.role` the application role (default: baodao_app). A role that is missing is
-- created without a password: give it one, and LOGIN is already there. Then start the server with that role in its URL.
-- Upgrades that change tables must be started once with the owner's URL.
DO $$
DECLARE
    ledger name := current_schema();
    app    name := coalesce(nullif(current_setting('baodao.role', true), ''), 'baodao_app');
    sheet  record;
    reader text;
    tells  regprocedure;
BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = app) THEN
        EXECUTE format('CREATE ROLE %I LOGIN', app);
    END IF;
    -- To give tables to a role one must be a member of it.
    IF NOT pg_has_role(current_user, app, 'MEMBER') THEN
        EXECUTE format('GRANT %I TO CURRENT_USER', app);
    END IF;
    EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA %I FROM %I, PUBLIC', ledger, app);
    -- CREATE lets it make and drop tables of its own: the sheets of projections. It does not reach the tables below.
    EXECUTE format('GRANT USAGE, CREATE ON SCHEMA %I TO %I', ledger, app);
    EXECUTE format('GRANT SELECT ON %I.schema_migrations TO %I', ledger, app);
    EXECUTE format('GRANT SELECT, INSERT ON %I.events, %I.commands TO %I', ledger, ledger, app);
    EXECUTE format('GRANT SELECT, UPDATE ON %I.ledger_head TO %I', ledger, app);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I.projections, %I.snapshots TO %I', ledger, ledger, app);
    -- What is kept of the log can be made again from the events, and whoever alters it is found out.
    EXECUTE format('GRANT SELECT, UPDATE ON %I.log_tree TO %I', ledger, app);
    EXECUTE format('GRANT SELECT, INSERT, DELETE ON %I.log_tiles, %I.log_edge, %I.log_heads, %I.log_checkpoints TO %I', ledger, ledger, ledger, ledger, app);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I.log_sm3 TO %I', ledger, app);
    EXECUTE format('GRANT SELECT, INSERT, DELETE ON %I.audits TO %I', ledger, app);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I.login_passwords, %I.login_sessions, %I.login_tokens TO %I', ledger, ledger, ledger, app);
    -- What is personal is kept to be forgotten. The tables are the application's own, so that it can clear away what it deleted (VACUUM).
    FOR sheet IN SELECT tablename FROM pg_tables WHERE schemaname = ledger AND tablename LIKE 'vault\_%' LOOP
        EXECUTE format('ALTER TABLE %I.%I OWNER TO %I', ledger, sheet.tablename, app);
    END LOOP;
    -- Sheets made before by the owner go to the application role, which must be able to drop them after a rebuild.
    FOR sheet IN SELECT tablename FROM pg_tables WHERE schemaname = ledger AND tablename LIKE 'sheet\_%' LOOP
        EXECUTE format('ALTER TABLE %I.%I OWNER TO %I', ledger, sheet.tablename, app);
    END LOOP;
    -- The policies of the second lock look into live rows by functions, which the application points to another table after a rebuild.
    FOR tells IN SELECT oid FROM pg_proc WHERE pronamespace = ledger::regnamespace AND proname LIKE 'live\_%' LOOP
        EXECUTE format('ALTER FUNCTION %s OWNER TO %I', tells, app);
    END LOOP;
    -- Who reads for a caller becomes one of these for that transaction; `baodao` has made them, if its role may (readers.sql).
    FOR reader IN SELECT rolname FROM pg_roles WHERE rolname LIKE 'baodao\_reads\_%' LOOP
        IF NOT pg_has_role(app, reader, 'MEMBER') THEN
            EXECUTE format('GRANT %I TO %I', reader, app);
        END IF;
    END LOOP;
END
$$;
